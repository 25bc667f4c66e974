import Diagnosis
import Testing

/// Subnets become known one graph at a time.
@Suite("A path while subnets become known")
struct NeighbourhoodTests {
    private static func path(_ network: String) -> Path {
        Path(addressKind: "private", network: network, scheme: "http", port: 80)
    }

    /// Graphs in one network of addresses, each with the subnet that is known of it.
    private static func situation(_ subnets: [String: String?]) -> Situation {
        var situation = Situation(Array(subnets.keys))
        for (id, subnet) in subnets {
            situation.change(id) {
                $0.neighbourhood = path("192.168.0.0/24")
                $0.path = path(subnet ?? "192.168.0.0/24")
            }
        }
        situation.pass(10)
        return situation
    }

    @Test(
        "is proved by neighbours that may be on it, and not by others",
        arguments: [
            ("subnet-1", nil, "hung"), (nil, "subnet-1", "hung"), (nil, nil, "hung"),
            ("subnet-1", "subnet-1", "hung"), ("subnet-1", "subnet-2", "unknown: path"),
        ] as [(String?, String?, String)]
    )
    func proof(own: String?, neighbour: String?, label: String) {
        var situation = Self.situation(["g": own, "h": neighbour])
        situation.answer(.silent(.notConnected))
        situation.pass(20)
        #expect(situation.label(after: 20) == label)
        let path = Self.path(own ?? "192.168.0.0/24")
        let state = situation.diagnosis.pathStates.first { $0.path == path }
        #expect(state?.isProved == (label == "hung"))
    }

    @Test(
        "is lost with neighbours that may be on it, and not with others",
        arguments: [
            ("subnet-1", nil, "unknown: path_event"), (nil, "subnet-1", "unknown: path_event"),
            (nil, nil, "unknown: path_event"), ("subnet-1", "subnet-1", "unknown: path_event"),
            ("subnet-1", "subnet-2", "hung"),
        ] as [(String?, String?, String)]
    )
    func event(own: String?, neighbour: String?, label: String) {
        var situation = Self.situation(["f": own, "g": own, "h": neighbour])
        situation.answer(.silent(.notConnected))
        situation.answer(.silent(.notConnected), of: "h")
        situation.pass(20)
        #expect(situation.label(after: 20) == label)
    }

    @Test("keeps its event when the subnet of one of its graphs becomes known")
    func resolved() {
        var situation = Self.situation(["f": nil, "g": nil, "h": nil])
        situation.answer(.silent(.notConnected))
        situation.answer(.silent(.notConnected), of: "h")
        situation.pass(5)
        situation.change { $0.path = Self.path("subnet-1") }
        situation.pass(15)
        #expect(situation.label("g", after: 20) == "unknown: path_event")
        #expect(situation.label("h", after: 20) == "unknown: path_event")
        situation.change("h") { $0.path = Self.path("subnet-2") }
        situation.pass(1)
        #expect(situation.label("g", after: 20) == "hung")
    }
}
