import GES
import LiveRehearsal
import Testing

@Suite("LiveRehearsal.Fuse")
struct RestartFuseTests {
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

    private static func fuse(isBurnt: Bool = false) -> RestartFuse {
        RestartFuse("g1", named: "demo", tag, isBurnt: isBurnt)
    }

    @Test("lets one request through")
    func once() async {
        let fuse = Self.fuse()
        fuse.note(Self.graph())
        #expect((try? fuse.graph(toRestart: "g1").get()) == Self.graph())
        let passed = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 { group.addTask { fuse.burn() } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(passed == 1)
        #expect((try? fuse.graph(toRestart: "g1").get()) == nil)
    }

    @Test("lets none through after a restart of an earlier process")
    func burnt() {
        let fuse = Self.fuse(isBurnt: true)
        fuse.note(Self.graph())
        #expect((try? fuse.graph(toRestart: "g1").get()) == nil)
        #expect(!fuse.burn())
    }

    static let objections: [(Graph?, String)] = [
        (nil, "was not read"),
        (graph(name: "other"), "is now named \"other\""),
        (graph(tags: [:]), "no longer has the tag"),
        (graph(tags: [tag.key: "Expendable"]), "no longer has the tag"),
        (graph(tags: ["env": tag.value]), "no longer has the tag"),
        (graph(status: "202"), "its status is now 202"),
        (graph(status: "901"), "its status is now 901"),
        (graph(status: "999"), "its status is now 999"),
        (graph(id: "g2"), "was not read"),
    ]

    @Test("objects to a graph that has changed", arguments: objections)
    func objects(graph: Graph?, says: String) {
        let fuse = Self.fuse()
        if let graph { fuse.note(graph) }
        guard case .failure(let objection) = fuse.graph(toRestart: "g1") else {
            Issue.record("the fuse let it through")
            return
        }
        #expect(objection.text.contains(says), "\(objection.text)")
    }

    @Test("objects to another graph, whatever it is like")
    func otherGraph() {
        let fuse = Self.fuse()
        fuse.note(Self.graph())
        #expect((try? fuse.graph(toRestart: "g2").get()) == nil)
    }

    @Test("the newest description counts")
    func newest() {
        let fuse = Self.fuse()
        fuse.note(Self.graph())
        fuse.note(Self.graph(tags: [:]))
        #expect((try? fuse.graph(toRestart: "g1").get()) == nil)
    }
}
