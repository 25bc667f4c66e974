import GES
import LiveRehearsal
import Testing

@Suite("LiveRehearsal.Permit")
struct OneRestartPermitTests {
    private static let tag = RehearsalSettings.Tag.standard

    private static func graph(
        id: String = "g1",
        name: String = "demo",
        status: String = "200",
        tags: [String: String] = [tag.key: tag.value]
    ) -> Graph {
        var graph = Graph(id: id, name: name, status: GraphStatus(code: status))
        graph.tags = tags
        return graph
    }

    private static func permit(isUsed: Bool = false) -> OneRestartPermit {
        OneRestartPermit("g1", named: "demo", tag, isUsed: isUsed)
    }

    @Test("permits one request")
    func once() async {
        let permit = Self.permit()
        #expect(permit.objection(to: Self.graph(), askedFor: "g1") == nil)
        let passed = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 { group.addTask { permit.use() } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(passed == 1)
        #expect(permit.objection(to: Self.graph(), askedFor: "g1") == OneRestartPermit.sent)
    }

    @Test("permits none after a restart of an earlier process")
    func used() {
        let permit = Self.permit(isUsed: true)
        #expect(permit.objection(to: Self.graph(), askedFor: "g1") == OneRestartPermit.sent)
        #expect(!permit.use())
    }

    static let objections: [(Graph, String)] = [
        (graph(name: "other"), "is now named \"other\""),
        (graph(tags: [:]), "no longer has the tag"),
        (graph(tags: [tag.key: "Expendable"]), "no longer has the tag"),
        (graph(tags: ["env": tag.value]), "no longer has the tag"),
        (graph(status: "202"), "its status is now 202"),
        (graph(status: "901"), "its status is now 901"),
        (graph(status: "999"), "its status is now 999"),
        (graph(id: "g2"), "another graph"),
    ]

    @Test("objects to a graph that has changed", arguments: objections)
    func objects(graph: Graph, says: String) {
        let objection = Self.permit().objection(to: graph, askedFor: "g1")
        #expect(objection?.contains(says) ?? false, "\(objection ?? "permitted")")
    }

    @Test("objects to another graph, whatever it is like")
    func otherGraph() {
        #expect(Self.permit().objection(to: Self.graph(), askedFor: "g2") != nil)
        #expect(Self.permit().objection(to: Self.graph(id: "g2"), askedFor: "g2") != nil)
    }
}
