import Glibc

extension SecretSource {
    /// What is worth saying about a file with a secret although it can be read; nil when nothing is.
    /// A file that cannot be examined is a matter for whoever reads it.
    package static func warning(aboutFile path: String) -> String? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        guard status.st_mode & (S_IRGRP | S_IROTH) != 0 else { return nil }
        let digits = String(status.st_mode & 0o7777, radix: 8)
        return "\(path): holds a secret and can be read by others than its owner (mode \(digits));"
            + " chmod 600 it"
    }
}
