import Cycle
import JSON
import Listener
import Remediation
import Time

/// `/api/v1/pauses`: the pauses in force.
struct PausesAPI: Sendable {
    let board: StatusBoard

    var routes: [Route] {
        [
            Route("GET", "/api/v1/pauses") { _ in
                let status = board.current
                return APIResponse.success([
                    "pauses": .array(status.machine.pauses.map { Self.pause($0, in: status) })
                ])
            }
        ]
    }

    static func pause(_ pause: Pause, in status: Status) -> JSONValue {
        var members = [JSONMember("scope", .string(pause.scope.label))]
        switch pause.scope {
        case .fleet: break
        case .entry(let name): members.append(JSONMember("entry", .string(name)))
        case .graph(let id):
            let name = status.inventory.entries[id.rawValue]?.graph.name
            members.append(JSONMember("graphId", .string(id.rawValue)))
            members.append(JSONMember("graphName", .string(name ?? "")))
        }
        members += [
            JSONMember("by", .string(pause.by)),
            JSONMember("reason", .string(pause.reason)),
            JSONMember("since", .string(pause.since.rfc3339)),
            JSONMember("until", .string(pause.until.rfc3339)),
        ]
        return .object(members)
    }
}
