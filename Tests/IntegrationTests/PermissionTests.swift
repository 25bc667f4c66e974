import Foundation
import GESSimulator
import JSON
import Testing

/// The command against the simulated cloud over real HTTP.
@Suite("check permissions")
struct PermissionTests {
    typealias Lie = @Sendable (inout SimulatedCloud) -> Void

    /// What the cloud refuses, and what must then be said.
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var credentials = AgentSetup.Credentials.password
        var lie: Lie = { _ in }
        /// The request with another verdict than `ok`; nil if there is none.
        var request: String?
        var verdict = "ok"
        var remedy = ""
        var status: Int32 = 0
    }

    private static func denying(
        _ operation: GESSimulator.Operation,
        _ error: ServiceError
    ) -> Lie {
        { cloud in
            cloud.faults.schedule(
                ScheduledFault(.error(error), on: FaultMatch(operation: operation))
            )
        }
    }

    private static let forbidden = ServiceError(
        status: 403,
        code: "GES.0011",
        message: "Policy does not allow the action"
    )

    private static func action(
        _ operation: GESSimulator.Operation,
        _ request: String,
        _ action: String
    ) -> Row {
        Row(
            testDescription: request,
            lie: denying(operation, forbidden),
            request: request,
            verdict: "refused",
            remedy: action,
            status: 1
        )
    }

    static let rows: [Row] =
        AgentSetup.Credentials.allCases.map {
            Row(testDescription: "all is permitted: \($0.rawValue)", credentials: $0)
        } + [
            action(.listGraphs, "list graphs", "ges:graph:list"),
            action(.showGraph, "show graph", "ges:graph:getDetail"),
            action(.listJobs, "list jobs", "ges:jobs:list"),
            action(.showJob, "show job", "ges:jobs:getDetail"),
            action(.showVersion, "probe version", "GES policy"),
            action(.showSummary, "probe summary", "GES policy"),
            action(.listTasks, "running tasks", "GES policy"),
            action(.showQueries, "real-time queries", "GES policy"),
            Row(
                testDescription: "permissions refused with 400",
                lie: denying(
                    .listJobs,
                    ServiceError(
                        status: 400,
                        code: "GES.7041",
                        message: "Insufficient permission."
                    )
                ),
                request: "list jobs",
                verdict: "refused",
                remedy: "ges:jobs:list",
                status: 1
            ),
            Row(
                testDescription: "the data plane refuses signatures",
                credentials: .accessKey,
                lie: { $0.dataPlaneRefuses = [.signature] },
                request: "probe version",
                verdict: "refused",
                remedy: "cloud.credentials.password",
                status: 1
            ),
            Row(
                testDescription: "a broken service",
                lie: denying(
                    .listJobs,
                    ServiceError(status: 500, code: "GES.9999", message: "failed")
                ),
                request: "list jobs",
                verdict: "unknown",
                status: 2
            ),
            Row(
                testDescription: "another page in between",
                lie: { cloud in
                    cloud.faults.schedule(
                        ScheduledFault(
                            .html(status: 502),
                            on: FaultMatch(operation: .showSummary)
                        )
                    )
                },
                request: "probe summary",
                verdict: "unknown",
                remedy: "between here and the graph",
                status: 2
            ),
            incomplete(.listGraphs, "list graphs"),
            incomplete(.listJobs, "list jobs"),
        ]

    private static func incomplete(
        _ operation: GESSimulator.Operation,
        _ request: String
    ) -> Row {
        Row(
            testDescription: "\(request): some are missing",
            lie: { cloud in
                cloud.faults.schedule(
                    ScheduledFault(.wrongTotal(1_000), on: FaultMatch(operation: operation))
                )
            },
            request: request,
            verdict: "unknown",
            remedy: "complete list",
            status: 2
        )
    }

    @Test("names what is refused and how to permit it", arguments: rows)
    func verdicts(row: Row) async throws {
        try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
            cloud.withCloud { cloud, _ in row.lie(&cloud) }
            let (status, document, text) = try await Self.check(
                cloud,
                AgentSetup(credentials: row.credentials)
            )
            #expect(status == row.status, "\(text)")
            let checks = document["checks"]?.arrayValue ?? []
            // Without a listing there is no graph to ask.
            #expect(checks.count >= (row.request == "list graphs" ? 5 : 9), "\(text)")
            let failed = checks.filter { $0["verdict"]?.stringValue != "ok" }
            guard let request = row.request else {
                #expect(failed.isEmpty, "\(text)")
                return
            }
            let found = try #require(
                failed.first { $0["request"]?.stringValue == request },
                "\(text)"
            )
            #expect(found["verdict"]?.stringValue == row.verdict)
            let remedy = found["remedy"]?.stringValue ?? ""
            #expect(row.remedy.isEmpty ? remedy.isEmpty : remedy.contains(row.remedy), "\(text)")
            #expect(found["answer"]?.stringValue?.isEmpty == false)
        }
    }

    @Test("says nothing more than that a wrong password is refused")
    func wrongPassword() async throws {
        try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
            let (status, document, text) = try await Self.check(cloud, AgentSetup()) { scratch in
                try scratch.write("another password\n", to: "password")
            }
            #expect(status == 1, "\(text)")
            let checks = document["checks"]?.arrayValue ?? []
            #expect(checks.map { $0["request"]?.stringValue } == ["obtain token"])
            #expect(checks.first?["verdict"]?.stringValue == "refused")
        }
    }

    @Test(
        "asks for the nodes only if they are read, and accepts a version without them",
        arguments: [
            (nil, nil, nil), ("{}", nil, "2 nodes"),
            ("{}", 404, "the version of the graph has none"),
            ("{}", 403, "403"),
        ] as [(String?, Int?, String?)]
    )
    func nodes(section: String?, status: Int?, answer: String?) async throws {
        try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
            if let status {
                var error = Self.forbidden
                error.status = status
                cloud.withCloud { cloud, _ in Self.denying(.showInstanceMetrics, error)(&cloud) }
            }
            var setup = AgentSetup()
            setup.nodeMetrics = section
            let (code, document, text) = try await Self.check(cloud, setup)
            #expect(code == (status == 403 ? 1 : 0), "\(text)")
            let found = (document["checks"]?.arrayValue ?? []).first {
                $0["request"] == "metrics of nodes"
            }
            let words = found?["answer"]?.stringValue
            #expect(answer.map { words?.contains($0) ?? false } ?? (words == nil), "\(text)")
        }
    }

    @Test("check config --live lists each graph with its entry, its path and whether it answers")
    func liveConfiguration() async throws {
        try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
            let hung = cloud.withCloud { cloud, now in
                _ = cloud.hang(cloud.graphs[1].id, .unresponsive, restartsToHeal: 1, at: now)
                return cloud.graphs[1].name
            }
            let scratch = try Scratch()
            defer { scratch.remove() }
            try AgentSetup().write(to: scratch, for: cloud)
            let (status, text) = try await Program.run(
                Program.graphwarden,
                ["check", "config", "--live", scratch.folder.path + "/graphwarden.yml"]
            )
            #expect(status == 0, "\(text)")
            let lines = text.split(separator: "\n").filter { $0.contains("graphs[0]") }
            #expect(lines.count == cloud.withCloud { cloud, _ in cloud.graphs.count }, "\(text)")
            for line in lines {
                let isHung = line.contains(" \(hung) ")
                #expect(line.hasSuffix("yes") != isHung, "\(text)")
                #expect(line.contains("summary: no answer in time") == isHung, "\(text)")
                #expect(line.contains("127.0.0.1") || line.contains("private"), "\(text)")
            }
        }
    }

    @Test("names the port on which no graph listens")
    func closedPort() async throws {
        try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
            // Nothing listens on a port of the system below its first one.
            let (status, _, text) = try await Self.check(cloud, AgentSetup(dataPlanePort: 1))
            #expect(status == 1, "\(text)")
            #expect(text.contains("unreachable"), "\(text)")
            #expect(text.contains("nothing listens on TCP port 1"), "\(text)")
        }
    }

    @Test("tries each canary, and each address that stands in for the configured one")
    func canariesAndFallbacks() async throws {
        try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
            cloud.withCloud { cloud, _ in
                for graph in cloud.graphs {
                    var placement = graph.placement
                    placement.physicalIPs = ["127.0.0.2"]
                    cloud.setPlacement(graph.id, placement)
                }
            }
            let answering = "127.0.0.1:\(cloud.endpoints.dataPlanePort)"
            let (status, document, text) = try await Self.check(cloud, AgentSetup()) { scratch in
                let file = scratch.folder.appending(path: "graphwarden.yml")
                let canaries = [answering, "127.0.0.1:1"].map {
                    "{network: 127.0.0.0/8, address: '\($0)'}"
                }
                let text =
                    try String(contentsOf: file, encoding: .utf8)
                    + "\ndiagnosis: {canaries: [\(canaries.joined(separator: ", "))]}\n"
                try scratch.write(text, to: "graphwarden.yml")
            }
            let checks = document["checks"]?.arrayValue ?? []
            let canaries = checks.filter { $0["request"] == "connect to canary" }
            let verdicts = Dictionary(
                canaries.map { ($0["target"]?.stringValue ?? "", $0["verdict"]?.stringValue) }
            ) { first, _ in first }
            #expect(
                verdicts == [
                    "\(answering) (network 127.0.0.0/8)": "ok",
                    "127.0.0.1:1 (network 127.0.0.0/8)": "unreachable",
                ],
                "\(text)"
            )
            #expect(status == 1)
            // Nothing listens there.
            let further = checks.filter {
                $0["target"]?.stringValue?.hasSuffix(" at 127.0.0.2") == true
            }
            #expect(further.map { $0["verdict"]?.stringValue } == ["unreachable"], "\(text)")
        }
    }

    @Test("sends nothing that changes the cloud, and says what it cannot try")
    func readsOnly() async throws {
        try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
            let (_, document, _) = try await Self.check(cloud, AgentSetup())
            #expect(document["notTried"]?.stringValue?.contains("ges:graph:operate") == true)
            let sent = cloud.withCloud { cloud, _ in cloud.log.records.map(\.operation) }
            #expect(!sent.isEmpty)
            #expect(
                sent.allSatisfy { operation in
                    ![.restartGraph, .stopGraph, .startGraph, .createBackup, .deleteBackup]
                        .contains(operation)
                }
            )
        }
    }

    /// Runs the command with `-o json`.
    private static func check(
        _ cloud: SimulatedCloudServer,
        _ setup: AgentSetup,
        change: (Scratch) throws -> Void = { _ in }
    ) async throws -> (status: Int32, document: JSONValue, text: String) {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try setup.write(to: scratch, for: cloud)
        try change(scratch)
        let file = scratch.folder.appending(path: "graphwarden.yml").path
        let (status, text) = try await Program.run(
            Program.graphwarden,
            ["check", "permissions", "--config.file=\(file)", "-o", "json"]
        )
        let line = text.split(separator: "\n").last { $0.hasPrefix("{") } ?? ""
        return (status, (try? JSONValue.parse(Array(line.utf8))) ?? .null, text)
    }
}
