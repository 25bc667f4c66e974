import GES
import Testing

@Suite("Status codes of graphs")
struct GraphStatusTests {
    @Test(
        "every code has its phase, and four allow a restart",
        arguments: [
            ("100", .transitional, false), ("200", .running, true), ("201", .transitional, false),
            ("202", .transitional, true), ("203", .transitional, false),
            ("204", .transitional, true), ("205", .transitional, true),
            ("206", .transitional, false), ("207", .transitional, false),
            ("208", .transitional, false), ("210", .transitional, false),
            ("211", .transitional, false), ("300", .faulty, false), ("303", .faulty, false),
            ("400", .deleted, false), ("800", .frozen, false), ("900", .stopped, false),
            ("901", .transitional, false), ("903", .transitional, false),
            ("920", .transitional, false),
        ] as [(String, GraphStatus.Phase, Bool)]
    )
    func known(code: String, phase: GraphStatus.Phase, isRestartable: Bool) {
        let status = GraphStatus(code: code)
        #expect(status.phase == phase)
        #expect(status.isRestartable == isRestartable)
        #expect(status.meaning != nil)
    }

    @Test(
        "an unknown code is kept and allows no restart",
        arguments: ["209", "904", "0200", "200.5", "running", "2000"]
    )
    func unknown(code: String) {
        let status = GraphStatus(code: code)
        #expect(status.code == code)
        #expect(status.phase == .unknown)
        #expect(!status.isRestartable)
        #expect(status.description == "\(code) (unknown)")
    }
}
