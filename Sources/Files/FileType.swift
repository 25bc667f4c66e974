import Glibc

/// What a name in the file system stands for. Only regular files end by themselves: reading a named
/// pipe waits for a writer, and reading a device may never end.
package enum FileType {
    /// Why the file must not be read: it is no regular file. nil if it is one, or if it cannot be
    /// examined: reading it reports that error.
    package static func refusal(_ path: String) -> FileError? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return refusal(path, mode: status.st_mode)
    }

    /// Like `refusal(_:)`, for a file that is open.
    ///
    /// - Parameter mode: from `fstat`.
    static func refusal(_ path: String, mode: UInt32) -> FileError? {
        let type =
            switch mode & S_IFMT {
            case S_IFREG: ""
            case S_IFDIR: "a directory"
            case S_IFIFO: "a named pipe"
            case S_IFSOCK: "a socket"
            default: "a device"
            }
        return type.isEmpty
            ? nil : FileError(path: path, reason: "is \(type); expected a regular file")
    }
}
