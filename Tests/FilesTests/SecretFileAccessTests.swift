import Files
import Glibc
import Testing

@Suite("A secret file")
struct SecretFileAccessTests {
    @Test(
        "is refused if others can write it or replace it",
        arguments: [
            (0o600, 0o700, nil), (0o400, 0o755, nil), (0o644, 0o755, nil), (0o640, 0o775, nil),
            (0o600, 0o1777, nil), (0o620, 0o700, "write it (mode 620)"),
            (0o602, 0o700, "write it (mode 602)"), (0o666, 0o1777, "write it (mode 666)"),
            (0o600, 0o777, "replace it in"), (0o600, 0o703, "replace it in"),
        ] as [(mode_t, mode_t, String?)]
    )
    func modes(file: mode_t, folder: mode_t, expected: String?) throws {
        let place = try TemporaryFolder(prefix: "graphwarden-files-")
        defer { place.remove() }
        let path = place.path + "/secret"
        try place.write("x\n", to: "secret")
        #expect(unsafe chmod(path, file) == 0)
        #expect(unsafe chmod(place.path, folder) == 0)
        let refusal = SecretFileAccess.refusal(path)
        #expect((refusal == nil) == (expected == nil))
        if let expected { #expect(refusal?.reason.contains(expected) == true) }
        #expect(refusal.map { $0.path == path } ?? true)
    }

    @Test("is judged by the target of a symbolic link, not by the link")
    func links() throws {
        let place = try TemporaryFolder(prefix: "graphwarden-files-")
        defer { place.remove() }
        try place.write("x\n", to: "secret")
        #expect(unsafe symlink("secret", place.path + "/link") == 0)
        #expect(SecretFileAccess.refusal(place.path + "/link") == nil)
        #expect(unsafe chmod(place.path + "/secret", 0o622) == 0)
        #expect(SecretFileAccess.refusal(place.path + "/link") != nil)
        #expect(SecretFileAccess.refusal(place.path + "/missing") == nil)
    }
}
