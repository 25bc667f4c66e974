import Glibc

/// Small files as text: configuration, rules, secrets, `/proc`.
package enum TextFile {
    /// Enough for any configuration or rule file; a larger one is a mistake.
    package static let maximumBytes = 4 << 20

    /// The file's bytes. Throws what the system said, or that the file is too large.
    package static func bytes(
        _ path: String,
        limit: Int = maximumBytes
    ) throws(FileError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last(path) }
        defer { close(descriptor) }
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

    /// The file's text. Throws also when the file is not UTF-8.
    package static func text(_ path: String) throws(FileError) -> String {
        guard let text = String(validating: try bytes(path), as: UTF8.self) else {
            throw FileError(path: path, reason: "is not UTF-8")
        }
        return text
    }

    /// The file's text, or nil when it cannot be read.
    package static func read(_ path: String) -> String? {
        try? text(path)
    }

    /// Replaces the file's text; a new file is readable by this user alone.
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
