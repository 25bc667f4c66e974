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
        "are hidden on the lines below their key",
        arguments: [
            ("password:\n  AbC-1", "password:\n  <secret>"),
            ("password: # old\n\n  AbC-1\nuser: bob", "password: # old\n\n  <secret>\nuser: bob"),
            ("tokens:\n  - AbC-1\n  - AbC-2", "tokens:\n  - <secret>\n  - <secret>"),
            ("tokens:\n- AbC-1\n- 'AbC: 2'\na: b", "tokens:\n- <secret>\n- <secret>\na: b"),
            ("- token:\n    AbC-1\n  a: b", "- token:\n    <secret>\n  a: b"),
            ("a:\n  secret:\n    \"AbC: 1\"\nb: c", "a:\n  secret:\n    <secret>\nb: c"),
            ("\"password\":\n AbC-1\na: b", "\"password\":\n <secret>\na: b"),
            ("'token': |\n AbC-1\na: b", "'token': <secret>\n <secret>\na: b"),
            ("password:\n# note\n  AbC-1", "password:\n# note\n  <secret>"),
            ("password: |\n  # AbC-1\na: b", "password: <secret>\n  <secret>\na: b"),
            ("# password: |\n#   AbC-1\na: b", "# password: <secret>\n#   <secret>\na: b"),
            ("# tokens:\n#   - AbC-1\n# a: b", "# tokens:\n#   - <secret>\n# a: b"),
            ("  #token:\n  #  AbC-1\n  #a: b", "  #token:\n  #  <secret>\n  #a: b"),
            ("# a token:\na: b\n#   word", "# a token:\na: b\n#   word"),
            (
                "tokens:\n  - - AbC-1\n  -\n    AbC-2",
                "tokens:\n  - - <secret>\n  -\n    <secret>"
            ),
        ]
    )
    func below(text: String, expected: String) {
        #expect(SecretMask.masked(text) == expected)
    }

    @Test(
        "leave the mappings below their key",
        arguments: [
            "credentials:\n  # one of\n  access_key:\n    id_file: a\n    secret_file: b\nx: y",
            "token:\n  file: t\n", "credentials:\n  {token:\n    {file: t}\n  }\nregion: north",
            "credentials:\n  - \"name\": x\n    file: y\nz",
        ]
    )
    func mappings(text: String) {
        #expect(SecretMask.masked(text) == text)
    }

    /// A line of so many letters was read once for each of them.
    @Test("are looked for in time that grows with the text", .timeLimit(.minutes(1)))
    func longWords() {
        #expect(SecretMask.masked(String(repeating: "a", count: 4 << 20)) == "<secret>")
        let line = String(repeating: "a", count: 60_000)
        let text = Array(repeating: line, count: 60).joined(separator: "\n")
        #expect(SecretMask.masked(text) == text)
        #expect(SecretMask.masked("\(line)secret: x") == "\(line)secret: <secret>")
        #expect(SecretMask.masked("\(line)_sk: x") == "\(line)_sk: <secret>")
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
