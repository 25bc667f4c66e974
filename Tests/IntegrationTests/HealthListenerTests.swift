import Foundation
import GESSimulator
import HTTPClient
import TestSupport
import Testing

@Suite("The listener for health checks")
struct HealthListenerTests {
    private static let web = """
        tls_server_config: {cert_file: web.pem, key_file: web.key, client_ca_file: web.pem, client_auth_type: RequireAndVerifyClientCert}

        """

    @Test("needs neither TLS nor a certificate, and serves nothing else")
    func plain() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await Certificate.write(to: scratch.folder, name: "web")
        try scratch.write(Self.web + AgentSetup.users, to: "web.yml")
        try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
            try AgentSetup().write(to: scratch, for: cloud)
            let process = try await AgentProcess.start(
                in: scratch.folder,
                arguments: [
                    AgentSetup.webConfiguration, "--web.health-listen-address=127.0.0.1:0",
                    "--web.health-listen-address=127.0.0.1:0", "--web.external-url=/gw",
                ]
            )
            defer { process.program.signal(SIGKILL) }
            let marker = /msg="Serving health checks on" address=(\S+)/
            try await eventually("both health listeners are announced") {
                process.program.text.matches(of: marker).count == 2
            }
            let client = try HTTPClient(configuration: HTTPClientConfiguration())
            defer { client.shutdown() }
            for match in process.program.text.matches(of: marker) {
                let url = "http://\(match.1)"
                func status(_ path: String, _ method: HTTPMethod = .get) async throws -> Int {
                    try await client.send(HTTPRequest(method, url: url + path)).status
                }
                try await eventually("the agent is ready") {
                    try await status("/-/ready") == 200
                }
                for path in ["/-/healthy", "/gw/-/healthy", "/gw/-/ready"] {
                    #expect(try await status(path) == 200, "\(path)")
                }
                for path in ["/", "/gw", "/gw/", "/metrics", "/gw/metrics", "/api/v1/status"] {
                    #expect(try await status(path) == 404, "\(path)")
                }
                #expect(try await status("/-/reload", .post) == 404)
                try await checksHealth(url)
            }
            // The listener of everything else asks for a certificate.
            let main = process.url.replacing("http:", with: "https:")
            let refused = try await Program.run(
                Program.graphwarden,
                ["check", "healthy", "--insecure", "--url=\(main)"]
            )
            #expect(refused.status == 1)
            #expect(try await process.stop() == 0)
        }
    }

    /// As the HEALTHCHECK of a container does, and with the URL in a variable.
    private func checksHealth(_ url: String) async throws {
        let healthy = try await Program.run(
            Program.graphwarden,
            ["check", "healthy"],
            environment: ["GRAPHWARDEN_URL": url]
        )
        #expect(healthy.status == 0, "\(healthy.text)")
        let ready = try await Program.run(
            Program.graphwarden,
            ["check", "healthy", "--ready", "--url=\(url)/gw/"]
        )
        #expect(ready.status == 0, "\(ready.text)")
        let lost = try await Program.run(
            Program.graphwarden,
            ["check", "healthy", "--url=\(url)/elsewhere"]
        )
        #expect(lost.status == 1)
        #expect(lost.text.contains("status 404"))
    }

    @Test("tells that the agent is not ready, and that nothing answers")
    func notReady() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
            try AgentSetup().write(to: scratch, for: cloud)
        }
        // Nothing listens: the cloud's ports are closed.
        let process = try await AgentProcess.start(in: scratch.folder)
        defer { process.program.signal(SIGKILL) }
        func check(_ flags: String...) async throws -> (status: Int32, text: String) {
            try await Program.run(
                Program.graphwarden,
                ["check", "healthy", "--url=\(process.url)", "--timeout=10s"] + flags
            )
        }
        #expect(try await check().status == 0)
        let ready = try await check("--ready")
        #expect(ready.status == 1)
        #expect(ready.text.contains("status 503"))
        try await process.kill()
        let gone = try await check()
        #expect(gone.status == 1)
        #expect(gone.text.contains("connect"))
    }
}
