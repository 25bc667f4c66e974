import Foundation
import GESSimulator
import HTTPClient
import TestSupport
import Testing

@Suite("Secrets in systemd's credentials")
struct CredentialsTests {
    @Test("are found by the agent and by commands, without warnings about their mode")
    func everywhere() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let credentials = scratch.folder.appending(path: "credentials")
        let environment = ["CREDENTIALS_DIRECTORY": credentials.path]
        try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
            var setup = AgentSetup()
            setup.webhook = ["A"]
            try setup.write(to: scratch, for: cloud)
            try await moveSecrets(scratch, to: credentials)
            let process = try await AgentProcess.start(
                in: scratch.folder,
                arguments: ["--web.config.file=web.yml"],
                environment: environment
            )
            defer { process.program.signal(SIGKILL) }
            let log = process.program.text
            #expect(!log.contains("readable by other users"), "\(log)")
            let url = process.url.replacing("http:", with: "https:")
            func status(_ environment: [String: String]) async throws -> (Int32, String) {
                try await Program.run(
                    Program.graphwarden,
                    [
                        "status", "--url=\(url)", "--user=alice",
                        "--password-file=${CREDENTIALS_DIRECTORY}/right",
                        "--ca-file=${CREDENTIALS_DIRECTORY}/web.pem",
                    ],
                    environment: environment
                )
            }
            try await eventually("the agent has used its credentials") {
                try await status(environment).0 == 0
            } lastSeen: {
                process.program.text
            }
            let refused = try await status([:])
            #expect(refused.0 == 64)
            #expect(refused.1.contains("CREDENTIALS_DIRECTORY is not set"))
            #expect(try await process.stop() == 0)
        }
        let checked = try await Program.run(
            Program.graphwarden,
            ["check", "config", scratch.folder.appending(path: "graphwarden.yml").path]
        )
        #expect(checked.status == 1)
        #expect(
            checked.text.contains(/graphwarden\.yml:\d+:\d+: .*CREDENTIALS_DIRECTORY is not set/)
        )
    }

    /// As LoadCredential= does: files that only the user of the service can read, by an access
    /// control list that shows as the mode 440.
    private func moveSecrets(_ scratch: Scratch, to folder: URL) async throws {
        let files = FileManager.default
        try files.createDirectory(at: folder, withIntermediateDirectories: false)
        for name in ["password", "webhook_token"] {
            try files.moveItem(
                at: scratch.folder.appending(path: name),
                to: folder.appending(path: name)
            )
        }
        try await Certificate.write(to: folder, name: "web")
        try Data("secret\n".utf8).write(to: folder.appending(path: "right"))
        for name in try files.contentsOfDirectory(atPath: folder.path) {
            try files.setAttributes(
                [.posixPermissions: 0o440],
                ofItemAtPath: folder.appending(path: name).path
            )
        }
        let file = scratch.folder.appending(path: "graphwarden.yml")
        let text = try String(contentsOf: file, encoding: .utf8)
        let reference = "${CREDENTIALS_DIRECTORY}"
        try scratch.write(
            text.replacing(
                "password_file: password",
                with: "password_file: \"\(reference)/password\""
            )
            .replacing(
                "token_file: webhook_token",
                with: "token_file: \"\(reference)/webhook_token\""
            ),
            to: "graphwarden.yml"
        )
        try scratch.write(
            """
            tls_server_config:
              cert_file: \(reference)/web.pem
              key_file: \(reference)/web.key

            """ + AgentSetup.users,
            to: "web.yml"
        )
    }
}
