import Series
import TestSupport
import Testing

struct LabelGroupsTests {
    @Test("lists of any length and with repeated names mean the same", arguments: 0...20)
    func lists(count: Int) {
        let names = (0..<count).map { "l\($0 * 7 % 20)" }
        let labels = Labels((0..<20).map { ("l\($0)", "v") } + [("__name__", "m")])
        let kept = LabelProjection.keeping(names + names.reversed()).labels(of: labels)
        #expect(Set(kept.map(\.name)) == Set(names))
        let rest = LabelProjection.droppingOnly(names + names.reversed()).labels(of: labels)
        #expect(Set(rest.map(\.name)) == Set(labels.map(\.name)).subtracting(names))
        #expect(LabelProjection.keeping(names + names) == .keeping(names.reversed()))
    }

    private let frontend: Labels = ["__name__": "up", "job": "web", "zone": "a"]
    private let backend: Labels = ["__name__": "up", "job": "db", "zone": "a"]
    private let standby: Labels = ["__name__": "up", "job": "db", "zone": "b"]

    @Test("keeping compares only the named labels")
    func keeping() {
        var groups = LabelGroups(by: .keeping(["zone"]))
        #expect([frontend, backend, standby].map { groups.insert($0) } == [0, 0, 1])
        #expect(groups.labels(of: 0) == ["zone": "a"])
        #expect(groups.representative(of: 0) == frontend)
        #expect(groups.count == 2)
    }

    @Test("dropping compares the others except the metric name")
    func dropping() {
        var groups = LabelGroups(by: .dropping(["zone"]))
        #expect([frontend, backend, standby].map { groups.insert($0) } == [0, 1, 1])
        #expect(groups.labels(of: 1) == ["job": "db"])
        let renamed = backend.setting("__name__", to: "down")
        #expect(groups.group(of: renamed) == 1)
    }

    @Test("the metric name can be kept")
    func metricName() {
        let projection = LabelProjection.keeping(["__name__"])
        #expect(projection.labels(of: frontend) == ["__name__": "up"])
    }

    @Test("series without the label form a separate group")
    func missingLabel() {
        var groups = LabelGroups(by: .keeping(["zone"]))
        _ = groups.insert(frontend)
        #expect(groups.group(of: frontend.removing("zone")) == nil)
        #expect(groups.insert(frontend.removing("zone")) == 1)
        #expect(groups.labels(of: 1).isEmpty)
    }

    @Test("keeping nothing makes one group")
    func nothingKept() {
        var groups = LabelGroups(by: .keeping([]))
        #expect(Set([frontend, backend, standby].map { groups.insert($0) }) == [0])
    }

    @Test("groups are those of the projected label sets", arguments: 0..<20 as Range<UInt64>)
    func slowTwin(seed: UInt64) {
        var generator = SeededRandom(seed: seed)
        let names = ["__name__", "a", "b", "c"]
        let projection: LabelProjection =
            Bool.random(using: &generator) ? .keeping(["a", "c"]) : .dropping(["b"])
        var groups = LabelGroups(by: projection)
        var expected: [Labels: Int] = [:]
        for _ in 0..<200 {
            let labels = Labels(
                names.map { ($0, ["", "1", "2"].randomElement(using: &generator) ?? "") }
            )
            let number = expected[projection.labels(of: labels), default: expected.count]
            expected[projection.labels(of: labels)] = number
            #expect(groups.insert(labels) == number)
        }
        #expect(groups.count == expected.count)
    }
}
