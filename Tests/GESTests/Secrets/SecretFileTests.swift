import Glibc
import Testing

@testable import GES

@Suite("Secrets in files")
struct SecretFileTests {
    @Test(
        "one trailing newline is not part of the secret",
        arguments: [
            ("pass word", "pass word"), ("secret\n", "secret"), ("secret\r\n", "secret"),
            (" spaced \n", " spaced "), ("contraseña\n", "contraseña"),
        ]
    )
    func trailingNewline(content: String, secret: String) throws {
        let file = try TemporaryFile(content)
        #expect(try SecretSource.file(file.path).read() == Secret(secret))
    }

    @Test(
        "an unusable secret is refused with the reason",
        arguments: [
            ("", "is empty"), ("\n", "is empty"), ("a\n\n", "control character"),
            ("a\nb", "control character"), ("a\0b", "control character"),
            (String(repeating: "x", count: SecretFile.maximumBytes + 1), "larger than"),
        ]
    )
    func refused(content: String, reason: String) throws {
        let file = try TemporaryFile(content)
        let error = #expect(throws: SecretError.self) {
            try SecretSource.file(file.path).read()
        }
        #expect(error?.description.contains(reason) == true)
        #expect(error?.path == file.path)
    }

    @Test("invalid UTF-8 is refused")
    func notText() throws {
        let file = try TemporaryFile(bytes: [0xFF, 0xFE])
        let error = #expect(throws: SecretError.self) { try SecretSource.file(file.path).read() }
        #expect(error?.message == "is not UTF-8 text")
    }

    @Test("a missing file and a folder are distinguished from an invalid secret")
    func missing() throws {
        let missing = #expect(throws: SecretError.self) {
            try SecretSource.file("/nonexistent/secret").read()
        }
        #expect(
            missing?.message == "cannot be opened: No such file or directory; create it or correct "
                + "the path in the configuration"
        )
        let folder = #expect(throws: SecretError.self) { try SecretSource.file("/tmp").read() }
        #expect(folder?.message.hasPrefix("is not a regular file") == true)
    }

    /// It has no writer, so a reader would block forever.
    @Test("a pipe is refused without blocking")
    func pipe() throws {
        let file = try TemporaryFile("")
        #expect(unsafe unlink(file.path) == 0)
        #expect(unsafe mkfifo(file.path, 0o600) == 0)
        let error = #expect(throws: SecretError.self) { try SecretSource.file(file.path).read() }
        #expect(error?.message.hasPrefix("is not a regular file") == true)
    }

    @Test(
        "a file that others can write is refused, also after it was read",
        arguments: [0o600, 0o400, 0o644, 0o640, 0o660, 0o602, 0o622, 0o666] as [mode_t]
    )
    func writable(mode: mode_t) throws {
        let file = try TemporaryFile("secret")
        let source = SecretSource.file(file.path)
        #expect(try source.read() == Secret("secret"))
        #expect(unsafe chmod(file.path, mode) == 0)
        guard mode & 0o022 != 0 else {
            #expect(try source.read() == Secret("secret"))
            return
        }
        let error = #expect(throws: SecretError.self) { try source.read() }
        let digits = String(mode, radix: 8)
        #expect(
            error?.message == "can be written by other users (mode \(digits)); run chmod 600"
        )
    }

    @Test("a changed file is read again, written in place or replaced")
    func changed() throws {
        let file = try TemporaryFile("first")
        let source = SecretSource.file(file.path)
        #expect(try source.read() == Secret("first"))
        try file.write("second!")
        #expect(try source.read() == Secret("second!"))
        // The same length, and perhaps the same timestamp, but another inode.
        let replacement = try TemporaryFile("third!!")
        let status = unsafe rename(replacement.path, file.path)
        #expect(status == 0)
        #expect(try source.read() == Secret("third!!"))
    }

    @Test("a secret is never printed")
    func redacted() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump(secret, to: &dumped)
        dump(
            Credential.accessKey(AccessKey(id: "id", secret: secret, securityToken: secret)),
            to: &dumped
        )
        for text in ["\(secret)", String(reflecting: secret), dumped, "\([secret])"] {
            #expect(!text.contains("hunter2"))
        }
        #expect("\(secret)" == "<secret>")
    }
}
