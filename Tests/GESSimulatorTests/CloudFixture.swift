import JSON

@testable import GESSimulator
import Time

/// A small cloud at a fixed time, and requests to it.
struct CloudFixture {
    /// 2025-01-02T03:04:05Z.
    static let start = Timestamp(seconds: 1_735_787_045)

    var cloud: SimulatedCloud
    let token: String
    let project: String

    /// With phases of round lengths: 901 for 10 s, 100 for 5 s, 920 for 20 s, 2 s in the queue.
    init(_ change: (inout SimulatorConfiguration) -> Void = { _ in }) {
        var configuration = SimulatorConfiguration()
        configuration.pastJobs = 0
        configuration.phases = PhaseDurations(
            jobPending: .seconds(2),
            stopping: .seconds(10),
            preparing: .seconds(5),
            starting: .seconds(20)
        )
        change(&configuration)
        cloud = SimulatedCloud(configuration, at: Self.start)
        token = cloud.issueToken(at: Self.start)
        project = configuration.projectID
    }

    /// The id of the first graph.
    var graphID: String { cloud.graphIDs[0] }
    var graph: SimulatedGraph { cloud.graphs[0] }

    func instant(_ offset: Duration) -> Timestamp { Self.start + offset }

    /// - Parameter path: starts with `/`; `PID`, `GID` and `NAME` stand for the project and the
    ///   first graph. It may have an already decoded query.
    mutating func send(
        _ method: String,
        _ path: String,
        body: String = "",
        headers: [(name: String, value: String)]? = nil,
        at offset: Duration = .zero
    ) -> CloudReply {
        let parts = path.split(separator: "?", maxSplits: 1)
        var query: [(name: String, value: String)] = []
        for pair in parts.count > 1 ? parts[1].split(separator: "&") : [] {
            let sides = pair.split(separator: "=", maxSplits: 1)
            query.append((String(sides[0]), sides.count > 1 ? String(sides[1]) : ""))
        }
        let entrance: CloudRequest.Entrance = path.hasPrefix("/ges/") ? .dataPlane : .management
        let filled = parts[0].replacing("PID", with: project).replacing("GID", with: graphID)
            .replacing("NAME", with: graph.name)
        let request = CloudRequest(
            method,
            String(filled),
            query: query,
            headers: headers ?? [("X-Auth-Token", token)],
            body: Array(body.utf8),
            entrance: entrance
        )
        return cloud.handle(request, at: instant(offset))
    }

    /// The same, for JSON responses.
    mutating func ask(
        _ method: String,
        _ path: String,
        body: String = "",
        at offset: Duration = .zero
    ) -> (status: Int?, document: JSONValue) {
        let answer = send(method, path, body: body, at: offset).answer
        return (answer?.status, answer?.document ?? .null)
    }

    /// The status of the first graph on the management plane.
    mutating func status(at offset: Duration) -> String? {
        ask("GET", "/v2/PID/graphs/GID", at: offset).document["graph"]?["status"]?.stringValue
    }
}

extension CloudReply {
    var isNever: Bool { if case .never = self { true } else { false } }
    var isClose: Bool { if case .close = self { true } else { false } }

    func header(_ name: String) -> String? {
        answer?.headers.first { $0.name == name }?.value
    }
}
