import Foundation
import GESSimulator
import TestSupport
import Testing

@Suite("A command that asks an agent")
struct ClientTests {
    /// `secret`, hashed at the lowest cost.
    private static let hash = "$2b$04$ncGmuiQnNZu0IPyA65GnjOzG9W5jKKrjvctnpvMEeBQcKMBFxW396"

    private func why(
        _ arguments: [String],
        environment: [String: String] = [:]
    ) async throws -> (status: Int32, text: String) {
        let program = try Program(
            Program.graphwarden,
            ["why", "nobody"] + arguments,
            environment: environment
        )
        let status = try await program.exitStatus()
        return (status, program.text)
    }

    @Test("authenticates by password or client certificate, over TLS that it verifies")
    func secured() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        for name in ["server", "client", "other"] {
            try await Certificate.write(to: scratch.folder, name: name)
        }
        try scratch.write("secret\n", to: "right")
        try scratch.write("wrong\n", to: "wrong")
        try scratch.write(
            """
            tls_server_config:
              cert_file: server.pem
              key_file: server.key
              client_ca_file: client.pem
              client_auth_type: VerifyClientCertIfGiven
            basic_auth_users: {alice: "\(Self.hash)"}

            """,
            to: "web.yml"
        )
        @Sendable func file(_ name: String) -> String { scratch.folder.appending(path: name).path }
        try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
            try AgentSetup().write(to: scratch, for: cloud)
            let process = try await AgentProcess.start(
                in: scratch.folder,
                arguments: ["--web.config.file=web.yml"]
            )
            defer { process.program.signal(SIGKILL) }
            let url = process.url.replacing("http://", with: "https://")
            let trust = "--ca-file=\(file("server.pem"))"
            let user = "--user=alice"
            let password = "--password-file=\(file("right"))"
            // The agent knows no graph of that name.
            let known: Int32 = 1
            let cases: [(arguments: [String], status: Int32, says: String)] = [
                ([trust, user, password], known, "no graph"),
                ([trust, user, "--password-file=\(file("wrong"))"], 2, "status 401"),
                ([trust], 2, "--password-file"),
                ([user, password], 2, "cannot reach the agent"),
                (["--ca-file=\(file("other.pem"))", user, password], 2, "cannot reach the agent"),
                (["--insecure", user, password], known, "WARNING: --insecure"),
                (
                    [
                        trust, user, password, "--cert-file=\(file("client.pem"))",
                        "--key-file=\(file("client.key"))",
                    ], known, "no graph"
                ),
                (
                    [
                        trust, user, password, "--cert-file=\(file("other.pem"))",
                        "--key-file=\(file("other.key"))",
                    ], 2, "cannot reach the agent"
                ),
                ([trust, user, "--password-file=\(file("none"))"], 2, "No such file"),
            ]
            for (arguments, status, says) in cases {
                let answer = try await why(["--url=\(url)"] + arguments)
                #expect(answer.status == status, "\(arguments): \(answer.text)")
                #expect(answer.text.contains(says), "\(arguments): \(answer.text)")
                #expect(!answer.text.contains("secret\n"))
            }
            let inherited = try await why(
                [trust, user, password],
                environment: ["GRAPHWARDEN_URL": url]
            )
            #expect(inherited.status == known, "\(inherited.text)")
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o622],
                ofItemAtPath: file("right")
            )
            let writable = try await why(["--url=\(url)", trust, user, password])
            #expect(writable.status == 2 && writable.text.contains("other users can write it"))
            try await process.stop()
        }
    }

    @Test("sends a bearer token")
    func token() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let file = try scratch.write("a-token\n", to: "token").path
        let server = try Program(URL(filePath: "/usr/bin/python3"), ["-c", Self.server])
        defer { server.signal(SIGKILL) }
        try await eventually("the server listens") { server.text.contains("\n") }
        let port = server.text.prefix { $0 != "\n" }
        let answer = try await why(["--url=http://127.0.0.1:\(port)", "--token-file=\(file)"])
        #expect(answer.status == 2)
        #expect(!answer.text.contains("a-token"))
        #expect(try await server.exitStatus() == 0)
        #expect(server.text.contains("Authorization: Bearer a-token"), "\(server.text)")
    }

    @Test(
        "warns of a password in the clear unless the agent is on this host",
        arguments: [
            ("http://127.0.0.1:1", false), ("http://127.8.8.8:1/path", false),
            ("http://[::1]:1", false), ("http://localhost:1", false), ("HTTP://LOCALHOST:1", false),
            ("https://127.0.0.1.invalid:1", false), ("http://127.0.0.1.invalid:1", true),
            ("http://127.invalid:1", true), ("http://localhost.invalid:1", true),
            ("http://x.invalid/127.0.0.1", true),
        ]
    )
    func inTheClear(url: String, warns: Bool) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let file = try scratch.write("secret\n", to: "password").path
        let answer = try await why(["--url=\(url)", "--user=alice", "--password-file=\(file)"])
        #expect(answer.text.contains("without encryption") == warns, "\(answer.text)")
    }

    /// Prints its port and the first request.
    private static let server = """
        import socket
        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1], flush=True)
        connection, _ = listener.accept()
        print(connection.recv(65536).decode(), flush=True)
        connection.sendall(b"HTTP/1.1 401 Unauthorized\\r\\nContent-Length: 0\\r\\n\\r\\n")
        connection.close()
        """

    @Test(
        "never prints a password that is part of a URL",
        arguments: [
            "http://alice:hunter2@127.0.0.1:1", "https://hunter2@x/", "HTTP://a:hunter2@x",
            "http://x/?password=hunter2", "alice:hunter2@127.0.0.1", "http://x/#hunter2",
            "http://x/hunter2@y", "http://al ice:hunter2@x",
        ]
    )
    func passwordInURL(url: String) async throws {
        for (arguments, environment) in [
            (["--url=\(url)"], [:]), (["--url", url], [:]), ([], ["GRAPHWARDEN_URL": url]),
            (["--help"], ["GRAPHWARDEN_URL": url]), (["-o", "xml"], ["GRAPHWARDEN_URL": url]),
        ] {
            let answer = try await why(arguments, environment: environment)
            #expect(answer.status == (arguments == ["--help"] ? 0 : 64), "\(answer.text)")
            #expect(!answer.text.contains("hunter2"), "\(answer.text)")
        }
    }

    @Test(
        "refuses options that contradict each other",
        arguments: [
            ["--user=a"], ["--password-file=x"], ["--user=a:b", "--password-file=x"],
            ["--user=a", "--password-file=x", "--token-file=y"], ["--key-file=x"],
            ["--insecure", "--ca-file=x"], ["--url=ftp://x"], ["--url=http://"],
        ]
    )
    func contradictions(arguments: [String]) async throws {
        #expect(try await why(arguments).status == 64)
    }
}
