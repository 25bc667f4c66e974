// Files reads and writes small files through the C library. It exists because the sources do not
// use Foundation.

import Glibc

/// Reads and writes small text files: configuration, rules, `/proc`.
package enum TextFile {
    /// Enough for any configuration or rule file; a larger one is probably the wrong file.
    package static let maximumBytes = 4 << 20

    /// The content of a regular file. Throws if it cannot be read or is larger than `limit` bytes.
    package static func bytes(
        _ path: String,
        limit: Int = maximumBytes
    ) throws(FileError) -> [UInt8] {
        // O_NONBLOCK, because opening a named pipe would block until a writer appears.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            // A socket cannot be opened, which the error of open(2) does not say.
            let failure = FileError.last(path)
            throw FileType.refusal(path) ?? failure
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .last(path) }
        if let refusal = FileType.refusal(path, mode: status.st_mode) { throw refusal }
        return try contents(of: descriptor, path, limit)
    }

    private static func contents(
        of descriptor: Int32,
        _ path: String,
        _ limit: Int
    ) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .last(path) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= limit else {
                throw FileError(path: path, reason: "larger than \(limit) bytes")
            }
        }
    }

    /// The text of a file. Also throws if it is not UTF-8.
    package static func text(_ path: String) throws(FileError) -> String {
        try text(of: try bytes(path), path)
    }

    /// The text of a file that a person named on the command line. It may be a pipe, as in
    /// `check rules <(helm template .)`: reading waits for its end.
    package static func argument(_ path: String) throws(FileError) -> String {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFIFO else {
            return try text(path)
        }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last(path) }
        defer { close(descriptor) }
        return try text(of: try contents(of: descriptor, path, maximumBytes), path)
    }

    /// The text of standard input, which may be a pipe or a terminal: reading waits for its end.
    package static func standardInput() throws(FileError) -> String {
        let name = "standard input"
        return try text(of: try contents(of: STDIN_FILENO, name, maximumBytes), name)
    }

    private static func text(of bytes: [UInt8], _ path: String) throws(FileError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw FileError(path: path, reason: "is not UTF-8")
        }
        return text
    }

    /// The text of a file, or nil if it cannot be read.
    package static func read(_ path: String) -> String? {
        try? text(path)
    }

    /// Replaces the content of a file, not atomically. A new file is readable by this user only.
    package static func write(_ text: String, to path: String) throws(FileError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .last(path) }
        defer { close(descriptor) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = unsafe rest.span.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw .last(path) }
            rest = rest.dropFirst(written)
        }
    }
}
