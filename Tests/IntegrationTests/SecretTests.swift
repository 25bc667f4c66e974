import Foundation
import GESSimulator
import HTTPClient
import TestSupport
import Testing

/// Distinctive secrets that appear nowhere by accident, and the real agent at debug level.
@Suite("No secret leaks")
struct SecretTests {
    private static var fleet: SimulatorConfiguration {
        var fleet = AgentSetup.fleet
        fleet.graphCount = 4
        fleet.password = #"Zq7-fV2_wLp"9x\K4mT"#
        fleet.accessKey = "QX7PLANTEDKEY0M3W9ZT"
        fleet.secretKey = "kT9vPlantedSecretKeyZ3xW8qL5mN2bV7cJ1hG4"
        // Short enough to be renewed during every fault.
        fleet.tokenLife = .milliseconds(600)
        return fleet
    }

    @Test("whatever the cloud does", arguments: AgentSetup.Credentials.allCases)
    func everyFault(credentials: AgentSetup.Credentials) async throws {
        var fleet = Self.fleet
        // The agent does not renew a token from a file.
        if credentials == .token { fleet.tokenLife = .seconds(3600) }
        try await SimulatedCloudServer.serving(fleet) { cloud in
            let scratch = try Scratch()
            defer { scratch.remove() }
            try AgentSetup(credentials: credentials).write(to: scratch, for: cloud)
            // The first requests of all, including those for credentials, are answered with an
            // error that quotes them.
            for service in [CloudService.iam, .metadata, .ges] {
                Self.schedule(
                    .quoting(status: 500),
                    in: cloud,
                    FaultMatch(service: service),
                    count: 2
                )
            }
            let process = try await AgentProcess.start(in: scratch.folder)
            defer { process.program.signal(SIGKILL) }
            let agent = RunningAgent(cloud: cloud, process: process, folder: scratch.folder)
            var evidence = Evidence()
            try await causeRefusal(agent, &evidence)
            try await applyEveryFault(agent, credentials, &evidence)
            try evidence.leaks.addProcess(process.program.processIdentifier)
            try await process.stop()
            evidence.leaks.add("log", agent.log)
            try evidence.leaks.addFiles(below: scratch.folder.appending(path: "data"))
            evidence.note(cloud)
            Self.judge(evidence)
        }
    }

    /// What was exposed, and what must not be found in it.
    private struct Evidence {
        var leaks = Leaks()
        var secrets: Set<String> = []

        mutating func note(_ cloud: SimulatedCloudServer) {
            secrets.formUnion(cloud.withCloud { cloud, _ in cloud.secrets })
        }
    }

    private static func schedule(
        _ fault: Fault,
        in cloud: SimulatedCloudServer,
        _ match: FaultMatch = FaultMatch(),
        count: Int? = nil
    ) {
        _ = cloud.withCloud { cloud, _ in
            cloud.faults.schedule(ScheduledFault(fault, on: match, count: count))
        }
    }

    /// A restart refused with an error that quotes the request: the refusal is stored in the
    /// ledger.
    private func causeRefusal(_ agent: RunningAgent, _ evidence: inout Evidence) async throws {
        try await agent.waitUntilReady()
        Self.schedule(
            .quoting(status: 400),
            in: agent.cloud,
            FaultMatch(operation: .restartGraph)
        )
        try agent.hangGraph(1, .unresponsive)
        try await eventually("the restart is refused") {
            agent.log.contains("refused") && !agent.restarts.isEmpty
        } lastSeen: {
            "\(agent.log.suffix(3_000))"
        }
        try await read(agent, &evidence)
    }

    /// Every fault on every operation, one after the other.
    private func applyEveryFault(
        _ agent: RunningAgent,
        _ credentials: AgentSetup.Credentials,
        _ evidence: inout Evidence
    ) async throws {
        for (number, fault) in Fault.oneOfEachKind.enumerated() {
            agent.cloud.withCloud { cloud, _ in cloud.faults.cancelAll() }
            // Before the secrets are revoked and forgotten.
            evidence.note(agent.cloud)
            // A refused password is not retried until its file changes.
            if credentials == .password {
                try Self.change(to: "Zq7-Rotated-\(number)-9xK4", agent.cloud, agent.folder)
            }
            try await agent.process.waitForPolls(1)
            Self.schedule(fault, in: agent.cloud)
            try await agent.process.waitForPolls(1)
            try await read(agent, &evidence)
        }
    }

    /// Changes the password in the cloud and, renamed into place, in the file.
    private static func change(
        to password: String,
        _ cloud: SimulatedCloudServer,
        _ folder: URL
    ) throws {
        cloud.withCloud { cloud, _ in cloud.changePassword(to: password) }
        let new = folder.appending(path: "password.new")
        try Data((password + "\n").utf8).write(to: new)
        #expect(unsafe rename(new.path, folder.appending(path: "password").path) == 0)
    }

    @Test("when the files are invalid", arguments: wrongFiles)
    func wrongFile(_ wrong: WrongFile) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await SimulatedCloudServer.serving(Self.fleet) { cloud in
            try AgentSetup().write(to: scratch, for: cloud)
        }
        let password = scratch.folder.appending(path: "password")
        try FileManager.default.removeItem(at: password)
        if let content = wrong.content { try scratch.write(content, to: "password") }
        let file = scratch.folder.appending(path: "graphwarden.yml").path
        let (status, text) = try await Program.run(Program.graphwarden, ["check", "config", file])
        #expect(status == 1, "\(text)")
        #expect(text.contains(password.path) && text.contains(wrong.reason), "\(text)")
        var leaks = Leaks()
        leaks.add("check config", text)
        // The agent starts anyway, reports what is wrong, and is not ready.
        let process = try await AgentProcess.start(in: scratch.folder)
        defer { process.program.signal(SIGKILL) }
        try await eventually("the agent reports what is wrong") {
            let answer = try await process.get("/-/ready")
            return answer.status == 503
                && String(decoding: answer.body, as: UTF8.self).contains(wrong.reason)
        } lastSeen: {
            process.program.text
        }
        leaks.add("log", process.program.text)
        #expect(leaks.places(holding: ["Planted", "Zq7-fV2"]) == [])
        #expect(try await process.stop() == 0)
    }

    /// An unusable password file, and the error that it causes.
    struct WrongFile: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let content: String?
        let reason: String
    }

    private static let wrongFiles = [
        WrongFile(
            testDescription: "missing",
            content: nil,
            reason: "No such file or directory; create it"
        ),
        WrongFile(
            testDescription: "empty",
            content: "",
            reason: "is empty; expected one line"
        ),
        WrongFile(
            testDescription: "an empty line",
            content: "\n",
            reason: "is empty; expected one line"
        ),
        WrongFile(
            testDescription: "two lines",
            content: "Planted-1\nPlanted-2\n",
            reason: "control character; expected one line"
        ),
        WrongFile(
            testDescription: "a control character",
            content: "Planted\0",
            reason: "control character"
        ),
        WrongFile(
            testDescription: "too large",
            content: String(repeating: "Planted", count: 20_000),
            reason: "is larger than"
        ),
    ]

    @Test("when a secret is in the configuration itself", arguments: inlineSecrets)
    func inlineSecret(credentials: String, complaint: String) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let file = try scratch.write(
            """
            cloud:
              region: cn-north-4
              project_id: 0123456789abcdef
              credentials: {\(credentials)}
            """,
            to: "graphwarden.yml"
        )
        let check = try await Program.run(
            Program.graphwarden,
            ["check", "config", file.path]
        )
        let start = try await Program.run(
            Program.graphwarden,
            ["run", "--config.file=\(file.path)", "--web.listen-address=127.0.0.1:0"]
        )
        for (status, text) in [check, start] {
            #expect(status != 0)
            #expect(text.contains(complaint), "\(text)")
            #expect(!text.contains("Planted"), "\(text)")
        }
    }

    private static let inlineSecrets = [
        ("password: Planted-Secret", "expected a mapping, found text"),
        ("token: [Planted-Secret]", "expected a mapping, found a list"),
        (
            "password: {domain: d, user: u, password: Planted-Secret}",
            "password_file"
        ),
        ("access_key: {id: Planted-Id, secret: Planted-Secret}", "unknown key"),
    ]

    @Test("and a replaced file takes effect at once")
    func rotation() async throws {
        try await SimulatedCloudServer.serving(Self.fleet) { cloud in
            let scratch = try Scratch()
            defer { scratch.remove() }
            try AgentSetup().write(to: scratch, for: cloud)
            let process = try await AgentProcess.start(in: scratch.folder)
            defer { process.program.signal(SIGKILL) }
            let agent = RunningAgent(cloud: cloud, process: process, folder: scratch.folder)
            try await agent.waitUntilReady()
            try Self.change(to: "Another-Password-2", cloud, scratch.folder)
            let before = Self.acceptedTokenRequests(cloud)
            try await eventually("tokens are renewed with the new password") {
                Self.acceptedTokenRequests(cloud) > before + 1
            } lastSeen: {
                agent.log
            }
            try await process.stop()
        }
    }

    private static func acceptedTokenRequests(_ cloud: SimulatedCloudServer) -> Int {
        cloud.withCloud { cloud, _ in
            cloud.log.records(of: .createToken).count { $0.status == 201 }
        }
    }

    private func read(_ agent: RunningAgent, _ evidence: inout Evidence) async throws {
        let graph = try agent.graphID(1)
        for path in [
            "/", "/metrics", "/-/ready", "/-/healthy", "/style.css", "/api/v1/graphs",
            "/api/v1/graphs/\(graph)", "/api/v1/graphs/\(graph)/why", "/api/v1/alerts",
            "/api/v1/rules", "/api/v1/remediations", "/api/v1/status/buildinfo",
            "/api/v1/status/config", "/api/v1/status/runtimeinfo", "/api/v1/status/flags",
            "/api/v1/targets",
            "/api/v1/history?limit=1000", "/api/v1/history/verify",
            "/api/v1/query?query=ges_graph_info", "/api/v1/series?match[]=ges_up", "/nothing",
        ] {
            evidence.leaks.add(path, Data(try await agent.process.get(path).body))
        }
    }

    private static func judge(_ evidence: Evidence) {
        #expect(evidence.secrets.count > 3, "no secret was issued")
        #expect(evidence.leaks.places(holding: evidence.secrets) == [])
        // The quotes did arrive, in the log and in the ledger.
        for place in ["log", "file ledger.db"] {
            let isQuoted =
                evidence.leaks.contains("decrypt token fail", in: place)
                && evidence.leaks.contains("<secret>", in: place)
            #expect(isQuoted, "\(place) of \(evidence.leaks.places)")
        }
        // The search works: it finds what is there. In little output, because each search occupies a
        // thread that the simulated clouds of other tests need.
        for secret in evidence.secrets {
            var planted = Leaks()
            planted.add("planted", "err=\"token: \(secret)\"")
            #expect(!planted.places(holding: [secret]).isEmpty)
        }
    }
}
