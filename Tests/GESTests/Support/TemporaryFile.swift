import Glibc
import Testing

/// A file that is deleted when the test ends.
final class TemporaryFile {
    let path: String

    init(bytes: [UInt8]) throws {
        var template = Array(("/tmp/ges-test-" + String(repeating: "X", count: 6)).utf8CString)
        let descriptor = unsafe mkstemp(&template)
        try #require(descriptor >= 0)
        close(descriptor)
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        try Self.write(bytes, to: path)
    }

    convenience init(_ text: String) throws {
        try self.init(bytes: Array(text.utf8))
    }

    deinit {
        unsafe unlink(path)
    }

    func write(_ text: String) throws {
        try Self.overwrite(path, with: text)
    }

    static func overwrite(_ path: String, with text: String) throws {
        try write(Array(text.utf8), to: path)
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        let descriptor = unsafe open(path, O_WRONLY | O_TRUNC)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let count = unsafe Glibc.write(descriptor, bytes, bytes.count)
        try #require(count == bytes.count)
    }
}
