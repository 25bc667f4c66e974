import Foundation
import GESSimulator
import HTTPClient
import TestSupport
import Testing

@Suite("Flags from the environment")
struct EnvironmentTests {
    @Test("apply unless the command line has them, and unknown variables are named")
    func variables() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
            try AgentSetup().write(to: scratch, for: cloud)
            let process = try await AgentProcess.start(
                in: scratch.folder,
                arguments: ["--no-web.enable-lifecycle"],
                listening: [],
                environment: [
                    "GRAPHWARDEN_WEB_LISTEN_ADDRESS": "127.0.0.1:0, [::1]:0",
                    "GRAPHWARDEN_WEB_ENABLE_LIFECYCLE": "true",
                    "GRAPHWARDEN_LOG_LEVEL": "error",
                    "GRAPHWARDEN_LOG_FORMAT": "",
                    "GRAPHWARDEN_WEB_TELEMETRY_PATH": "/m",
                    "GRAPHWARDEN_URL": "http://127.0.0.1:1",
                    "GRAPHWARDEN_LOG_LEVLE": "debug",
                    "GRAPHWARDEN_SERVICE_HOST": "10.0.0.1",
                    "GRAPHWARDEN_PORT_10355_TCP_ADDR": "10.0.0.1",
                ]
            )
            defer { process.program.signal(SIGKILL) }
            let log = process.program.text
            // --log.level=debug of the command line is in force.
            #expect(log.matches(of: /msg="Listening on"/).count == 2, "\(log)")
            #expect(log.contains("address=[::1]:"))
            #expect(
                log.contains(
                    "level=warn msg=\"the variable GRAPHWARDEN_LOG_LEVLE sets no flag; did you"
                        + " mean GRAPHWARDEN_LOG_LEVEL?\""
                )
            )
            #expect(log.matches(of: /sets no flag/).count == 1)
            #expect(try await process.get("/m").status == 200)
            #expect(try await process.get("/metrics").status == 404)
            #expect(try await process.reload().status == 403)
            #expect(try await process.stop() == 0)
        }
    }

    @Test("are named if they are wrong")
    func mistakes() async throws {
        for (name, value, text) in [
            ("GRAPHWARDEN_WEB_ENABLE_LIFECYCLE", "yes", "must be true or false, not \"yes\""),
            ("GRAPHWARDEN_QUERY_TIMEOUT", "soon", "These variables set flags: "),
        ] {
            let result = try await Program.run(
                Program.graphwarden,
                ["run"],
                environment: [name: value]
            )
            #expect(result.status == 64)
            #expect(result.text.contains(name) && result.text.contains(text), "\(result.text)")
        }
    }
}
