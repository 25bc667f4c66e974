import Foundation
import GESSimulator
import TestSupport
import Testing

@Suite("The web configuration")
struct WebConfigurationTests {
    /// `secret`, hashed at the lowest cost.
    private static let hash = "$2b$04$ncGmuiQnNZu0IPyA65GnjOzG9W5jKKrjvctnpvMEeBQcKMBFxW396"

    private static func text(_ certificate: String) -> String {
        """
        tls_server_config: {cert_file: \(certificate).pem, key_file: \(certificate).key}
        http_server_config: {headers: {Strict-Transport-Security: max-age=60}}
        basic_auth_users: {alice: "\(hash)"}

        """
    }

    @Test("enables TLS and passwords, and reloads its files")
    func tls() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await Certificate.write(to: scratch.folder, name: "first")
        try await Certificate.write(to: scratch.folder, name: "second")
        try scratch.write(Self.text("first"), to: "web.yml")
        try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
            try AgentSetup().write(to: scratch, for: cloud)
            let process = try await AgentProcess.start(
                in: scratch.folder,
                arguments: ["--web.config.file=web.yml"]
            )
            defer { process.program.signal(SIGKILL) }
            let client = Client(folder: scratch.folder, agent: process)
            #expect(
                try await client.get("/metrics", trusting: "first", user: "alice:secret") == 200
            )
            #expect(try await client.get("/metrics", trusting: "first", user: "alice:wrong") == 401)
            #expect(try await client.get("/metrics", trusting: "first") == 401)
            #expect(try await client.get("/-/healthy", trusting: "first") == 200)
            #expect(try await client.get("/-/healthy", trusting: "second") == nil)
            try await rotates(scratch, client, process)
            #expect(try await process.stop() == 0)
        }
    }

    private func rotates(_ scratch: Scratch, _ client: Client, _ agent: AgentProcess) async throws {
        // A key that does not match its certificate changes nothing.
        try scratch.write(
            Self.text("second").replacing("second.key", with: "first.key"),
            to: "web.yml"
        )
        try await eventually("the key is refused") {
            agent.program.text
        } is: { text in
            text.contains("web.yml:1:20: tls_server_config: the private key")
        }
        #expect(try await client.get("/-/healthy", trusting: "first") == 200)
        // A file without users does not disable authentication.
        try scratch.write(
            Self.text("second").replacing("basic_auth_users", with: "# basic_auth_users"),
            to: "web.yml"
        )
        try await eventually("the file is refused") {
            agent.program.text
        } is: { text in
            text.contains("users cannot all go")
        }
        #expect(try await client.get("/metrics", trusting: "first") == 401)
        try scratch.write(Self.text("second"), to: "web.yml")
        try await eventually("the second certificate is served") {
            try await client.get("/metrics", trusting: "second", user: "alice:secret") == 200
        }
    }

    @Test("is checked like promtool does, with positions")
    func check() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await Certificate.write(to: scratch.folder, name: "first")
        let good = try scratch.write(Self.text("first"), to: "good.yml")
        let bad = try scratch.write("basic_auth_user: {}\n", to: "bad.yml")
        let promtool = try Program.debian("promtool")
        for file in [good, bad] {
            let arguments = ["check", "web-config", file.path]
            let theirs = try await Program.run(promtool, arguments)
            let ours = try await Program.run(Program.graphwarden, arguments)
            #expect(ours.status == theirs.status, "\(ours.text)\n\(theirs.text)")
        }
        let ours = try await Program.run(Program.graphwarden, ["check", "web-config", bad.path])
        #expect(ours.text.contains("bad.yml:1:1: unknown key \"basic_auth_user\""))
    }
}

/// curl, as an operator would use it.
private struct Client {
    let folder: URL
    let agent: AgentProcess

    /// The response's status; nil if there was no HTTP response.
    func get(_ path: String, trusting: String, user: String? = nil) async throws -> Int? {
        let url = agent.url.replacing("http://", with: "https://") + path
        let answer = try await Program.run(
            URL(filePath: "/usr/bin/curl"),
            [
                "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--max-time",
                "120", "--cacert", folder.appending(path: "\(trusting).pem").path,
            ] + (user.map { ["--user", $0] } ?? []) + [url]
        )
        return answer.status == 0 ? Int(answer.text) : nil
    }
}
