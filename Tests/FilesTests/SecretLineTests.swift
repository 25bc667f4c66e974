import Files
import Foundation
import Testing

@Suite("A file with a secret")
struct SecretLineTests {
    private func secret(_ content: String, mode: Int = 0o600) throws -> String {
        let file = FileManager.default.temporaryDirectory
            .appending(path: "graphwarden-secret-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(content.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
        return try SecretLine.read(file.path)
    }

    @Test("has it in one line, whatever ends the line", arguments: ["", "\n", "\r\n"])
    func line(end: String) throws {
        #expect(try secret("AbC 1" + end) == "AbC 1")
    }

    @Test("must have one line", arguments: ["", "\n", "a\nb\n", "a\n\n", "a\u{0}b", "a\tb"])
    func wrong(content: String) {
        #expect(throws: FileError.self) { try secret(content) }
    }

    @Test("must not be writable by others", arguments: [0o620, 0o602])
    func writable(mode: Int) {
        #expect(throws: FileError.self) { try secret("AbC\n", mode: mode) }
    }
}
