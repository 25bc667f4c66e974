import JSON
import Time

/// What the control interface reports.
enum ControlReading {
    private static let recordsDefault = 1000

    static let actions: [ControlAction] = [
        ControlAction("GET", "/control/summary") { cloud, call in summary(cloud, call.now) },
        ControlAction("GET", "/control/graphs") { cloud, call in
            ["graphs": .array(cloud.graphs.map { graph($0, cloud, call.now) })]
        },
        ControlAction("GET", "/control/graphs/{id}") { cloud, call throws(ControlError) in
            let id = try call.graphID(cloud)
            return cloud.graph(id).map { graph($0, cloud, call.now) } ?? .null
        },
        ControlAction("GET", "/control/requests") { cloud, call throws(ControlError) in
            try requests(cloud, call)
        },
    ]

    static func summary(_ cloud: SimulatedCloud, _ now: Timestamp) -> JSONValue {
        let restarts = cloud.log.restarts.sorted { $0.key < $1.key }.map { id, tally in
            JSONMember(
                id,
                [
                    "name": .string(cloud.graph(id)?.name ?? ""),
                    "received": .integer(Int64(tally.received)),
                    "accepted": .integer(Int64(tally.accepted)),
                ]
            )
        }
        return [
            "time": .string(now.withMicroseconds),
            "graphs": .integer(Int64(cloud.graphs.count)),
            "requests": .integer(Int64(cloud.log.total)),
            "faults": .integer(Int64(cloud.faults.scheduled.count)),
            "outage": cloud.outage.map { .string($0.manner.rawValue) } ?? .null,
            "certificate": cloud.configuration.speaksTLS
                ? .string(cloud.certificate.rawValue) : .null,
            "restarts": .object(restarts),
        ]
    }

    static func graph(
        _ graph: SimulatedGraph,
        _ cloud: SimulatedCloud,
        _ now: Timestamp
    ) -> JSONValue {
        let tally = cloud.log.restarts[graph.id] ?? RestartTally()
        return [
            "id": .string(graph.id),
            "name": .string(graph.name),
            "status": .string(graph.status(at: now).rawValue),
            "hang": graph.hangClass(at: now).map { .string($0.rawValue) } ?? .null,
            "manner": .string(graph.effectiveManner(of: .showSummary, at: now).name),
            "restarts_received": .integer(Int64(tally.received)),
            "restarts_accepted": .integer(Int64(tally.accepted)),
            "tags": .object(graph.tags.map { JSONMember($0.key, .string($0.value)) }),
        ]
    }

    private static func requests(
        _ cloud: SimulatedCloud,
        _ call: ControlCall
    ) throws(ControlError) -> JSONValue {
        let after = call.query("after").flatMap { Int($0) } ?? 0
        let graphID = try call.query("graph").map { key throws(ControlError) in
            try ControlCall.graphID(key, cloud)
        }
        let operation = call.query("operation")
        let service = call.query("service")
        let found = cloud.log.records.filter { record in
            record.number > after && (graphID == nil || record.graphID == graphID)
                && (operation == nil || record.operation.rawValue == operation)
                && (service == nil || record.service.rawValue == service)
        }
        let limit = call.query("limit").flatMap { Int($0) } ?? recordsDefault
        return [
            "total": .integer(Int64(cloud.log.total)),
            "matching": .integer(Int64(found.count)),
            "requests": .array(found.suffix(max(0, limit)).map(request)),
        ]
    }

    private static func request(_ record: RequestRecord) -> JSONValue {
        [
            "number": .integer(Int64(record.number)),
            "time": .string(record.time.withMicroseconds),
            "service": .string(record.service.rawValue),
            "operation": .string(record.operation.rawValue),
            "method": .string(record.method),
            "path": .string(record.path),
            "query": .object(record.query.map { JSONMember($0.name, .string($0.value)) }),
            "graph": record.graphID.map { .string($0) } ?? .null,
            "authentication": .string(record.authentication.rawValue),
            "status": record.status.map { .integer(Int64($0)) } ?? .null,
            "code": record.code.map { .string($0) } ?? .null,
            "faults": .array(record.faults.map { .string($0) }),
        ]
    }
}

extension DataPlaneManner {
    var name: String {
        switch self {
        case .answering: "answering"
        case .slow: "slow"
        case .silent: "silent"
        case .refusing: "refusing"
        case .unreachable: "unreachable"
        case .dropping: "dropping"
        case .failing: "failing"
        }
    }
}
