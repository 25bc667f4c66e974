import Glibc

/// Why a file could not be read or written. The description starts with the path.
package struct FileError: Error, Hashable, CustomStringConvertible {
    package let path: String
    package let reason: String

    package init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    package var description: String { "\(path): \(reason)" }

    /// The error of the last failed system call, from `errno`.
    package static func last(_ path: String) -> FileError {
        FileError(path: path, reason: unsafe String(cString: strerror(errno)))
    }
}
