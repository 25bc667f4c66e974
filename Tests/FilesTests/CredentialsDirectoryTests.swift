import Testing

@testable import Files

@Suite("The folder of systemd's credentials")
struct CredentialsDirectoryTests {
    @Test(
        "replaces its variable at the beginning of a path, and nothing else",
        arguments: [
            ("${CREDENTIALS_DIRECTORY}/token", "/run/c/token"),
            ("${CREDENTIALS_DIRECTORY}/a/b", "/run/c/a/b"),
            ("${CREDENTIALS_DIRECTORY}", "${CREDENTIALS_DIRECTORY}"),
            ("${CREDENTIALS_DIRECTORY}x", "${CREDENTIALS_DIRECTORY}x"),
            ("a/${CREDENTIALS_DIRECTORY}/b", "a/${CREDENTIALS_DIRECTORY}/b"),
            ("$CREDENTIALS_DIRECTORY/a", "$CREDENTIALS_DIRECTORY/a"),
            ("${HOME}/a", "${HOME}/a"), ("~/a", "~/a"), ("", ""),
        ]
    )
    func expansion(path: String, expected: String) throws {
        #expect(try CredentialsDirectory.expand(path, in: "/run/c") == expected)
    }

    @Test("must be known if it is referred to", arguments: [nil, ""])
    func unknown(folder: String?) throws {
        #expect(throws: CredentialsDirectoryError.self) {
            try CredentialsDirectory.expand("${CREDENTIALS_DIRECTORY}/token", in: folder)
        }
        #expect(try CredentialsDirectory.expand("token", in: folder) == "token")
    }
}
