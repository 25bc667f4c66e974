import Testing

@testable import API

@Suite("Secrets by their keys")
struct SecretMaskKeyTests {
    @Test(
        "are hidden, whatever their key is called",
        arguments: [
            "password", "passphrase", "secret_access_key", "secret_key", "sk", "private_key",
            "access_key", "authorization", "bearer-token", "credentials", "PASSWORD",
        ]
    )
    func names(key: String) {
        for line in ["\(key): AbC-1", "  - \(key) = AbC-1", "# \(key): AbC-1", "{\(key): 'AbC-1'}"]
        {
            let shown = SecretMask.masked(line)
            #expect(!shown.contains("AbC-1"), "\(shown)")
            #expect(shown.contains("<secret>"))
        }
    }

    @Test("are hidden in all lines of a value, and not in what follows it")
    func lines() {
        let text = "- password: |\n    AbC-1\n\n    AbC-2\n  user: bob\nregion: north\n"
        let shown = SecretMask.masked(text)
        #expect(!shown.contains("AbC"))
        #expect(shown.contains("  user: bob\nregion: north\n"))
    }

    @Test(
        "are not taken for names of files and mappings",
        arguments: [
            "password_file: password", "secret_file: credentials/secret_access_key",
            "access_key: {id_file: a, secret_file: b}", "credentials:", "token: {file: t}",
            "  risk: high", "graphs: [{match: {name: task}}]",
        ]
    )
    func others(line: String) {
        #expect(SecretMask.masked(line) == line)
    }
}
