import Cycle
import Diagnosis
import JSON
import Listener
import Remediation
import Time

/// `/api/v1/status`: whether the agent is well, and what waits for a person.
/// `/api/v1/remediations`: the restarts that it remembers.
struct StatusAPI: Sendable {
    let board: StatusBoard
    let now: @Sendable () -> Timestamp

    var routes: [Route] {
        [
            Route("GET", "/api/v1/status") { _ in APIResponse.success(document()) },
            Route("GET", "/api/v1/remediations") { _ in
                APIResponse.success(Self.remediations(board.current))
            },
        ]
    }

    private func document() -> JSONValue {
        let status = board.current
        let troubles = board.troubles
        return [
            "ready": .bool(!troubles.contains(where: \.preventsReady)),
            "at": .string(now().rfc3339),
            "version": .string(BuildInformation.current.version),
            "troubles": .array(troubles.map(Self.trouble)),
            "graphs": .integer(Int64(status.inventory.entries.count)),
            "verdicts": Self.verdicts(status),
            "pauses": .array(status.machine.pauses.map { PausesAPI.pause($0, in: status) }),
            "restartsInFlight": .integer(Int64(status.machine.inFlight.count)),
            "approvalsPending": .integer(Int64(status.machine.approvalsPending)),
            "awaitingAcknowledgement": .array(
                status.machine.awaitingAcknowledgement.map { .string($0.rawValue) }
            ),
        ]
    }

    private static func trouble(_ trouble: Trouble) -> JSONValue {
        [
            "name": .string(trouble.name),
            "since": trouble.since.map { .string($0.rfc3339) } ?? .null,
            "text": .string(trouble.text),
            "remedy": .string(trouble.remedy),
            "preventsReady": .bool(trouble.preventsReady),
        ]
    }

    /// The number of graphs by verdict.
    private static func verdicts(_ status: Status) -> JSONValue {
        var counts: [String: Int64] = [:]
        for id in status.inventory.entries.keys {
            counts[status.view.graphs[GraphID(id)]?.verdict.label ?? "unknown", default: 0] += 1
        }
        return .object(
            counts.sorted { $0.key < $1.key }.map { JSONMember($0.key, .integer($0.value)) }
        )
    }
}

extension StatusAPI {
    /// Bounds the response.
    private static let maximumRemediations = 1_000

    /// The newest first. The attempts of a graph that is gone are in the ledger only.
    static func remediations(_ status: Status) -> JSONValue {
        let landings = status.machine.restartsInFlight(.fleet, status.view)
        let all = status.inventory.sorted.flatMap { entry in
            status.machine.record(of: GraphID(entry.graph.id)).attempts.map { (entry, $0) }
        }
        let newest = all.sorted { $0.1.createdAt > $1.1.createdAt }.prefix(maximumRemediations)
        return [
            "remediations": .array(
                newest.map { entry, attempt in
                    let landing = landings.first {
                        $0.graphID.rawValue == entry.graph.id && attempt.ending == nil
                    }
                    return [
                        "graphId": .string(entry.graph.id),
                        "graphName": .string(entry.graph.name),
                        "action": .string(attempt.action.rawValue),
                        "attempt": .integer(Int64(attempt.number)),
                        "at": .string(attempt.createdAt.rfc3339),
                        "outcome": attempt.ending.map { .string($0.outcome.rawValue) } ?? .null,
                        "endedAt": attempt.ending.map { .string($0.at.rfc3339) } ?? .null,
                        "phase": landing.map { .string($0.phase) } ?? .null,
                        "latestLanding":
                            landing?.latestLanding.map { .string($0.rfc3339) } ?? .null,
                        "jobId": attempt.jobID.map { .string($0) } ?? .null,
                    ]
                }
            )
        ]
    }
}
