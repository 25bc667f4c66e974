import Glibc

extension SecretSource {
    /// A warning if users other than the owner can read the file; otherwise nil. Also nil if the
    /// file cannot be examined: reading it reports the error.
    package static func warning(aboutFile path: String) -> String? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        guard status.st_mode & (S_IRGRP | S_IROTH) != 0 else { return nil }
        let digits = String(status.st_mode & 0o7777, radix: 8)
        return "\(path): contains a secret but is readable by other users (mode \(digits));"
            + " run chmod 600"
    }
}
