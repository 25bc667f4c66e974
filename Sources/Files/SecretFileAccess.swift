import Glibc

/// Which users can change a file that contains a secret.
package enum SecretFileAccess {
    /// Why the file must not be used: users other than its owner can write it, or replace it in its
    /// folder. They would choose the password or token, or the certificate authority that is
    /// trusted. nil if only the owner can, or if the file cannot be examined: reading it reports
    /// that error.
    package static func refusal(_ path: String) -> FileError? {
        guard let mode = mode(path) else { return nil }
        if let refusal = refusal(path, mode: mode) { return refusal }
        let folder = folder(of: path)
        // In a folder with the sticky bit, such as /tmp, only its owner can replace a file.
        guard let around = Self.mode(folder), around & S_IWOTH != 0, around & S_ISVTX == 0 else {
            return nil
        }
        return FileError(
            path: path,
            reason: "contains a secret, but other users can replace it in \(folder) (mode"
                + " \(digits(around))); run chmod o-w \(folder)"
        )
    }

    /// Like `refusal(_:)`, for a file that is open, without its folder.
    ///
    /// - Parameter mode: from `fstat`.
    package static func refusal(_ path: String, mode: UInt32) -> FileError? {
        guard mode & (S_IWGRP | S_IWOTH) != 0 else { return nil }
        return FileError(
            path: path,
            reason: "contains a secret, but other users can write it (mode \(digits(mode)));"
                + " run chmod go-w \(path)"
        )
    }

    private static func mode(_ path: String) -> UInt32? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status.st_mode : nil
    }

    private static func folder(of path: String) -> String {
        guard let end = path.lastIndex(of: "/") else { return "." }
        return end == path.startIndex ? "/" : String(path[..<end])
    }

    private static func digits(_ mode: UInt32) -> String {
        String(mode & 0o7777, radix: 8)
    }
}
