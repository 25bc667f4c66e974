import Cycle
import Testing
import Time

@Suite("The history of jobs")
struct JobHistoryTests {
    private static let now = Timestamp(milliseconds: 1_795_428_000_000)
    private static let day = Duration.seconds(86_400)

    /// One job a day, the newest first.
    private static func jobs(_ minutes: [Int], of name: String = "orders") -> [EndedJob] {
        minutes.enumerated().map { index, minutes in
            EndedJob(
                graphName: name,
                kind: .import,
                beganAt: now - day * (index + 1),
                duration: .seconds(60 * minutes)
            )
        }
    }

    private static func history(_ minutes: [Int], _ graphs: [NamedGraph]) -> JobHistory {
        JobHistory(jobs(minutes), of: graphs, at: now)
    }

    private static let orders = NamedGraph(id: "g", name: "orders")

    @Test(
        "gives the quantiles that PromQL gives, in whatever order the jobs are listed",
        arguments: [
            ([7], [7, 7, 7]), ([10, 20], [15, 19, 19.9]), ([30, 10, 20], [20, 28, 29.8]),
            (Array(0...20).reversed(), [10, 18, 19.8]),
        ] as [([Int], [Double])]
    )
    func quantiles(minutes: [Int], expected: [Double]) throws {
        let found = try #require(Self.history(minutes, [Self.orders]).durations(.import, of: "g"))
        #expect(found.count == minutes.count)
        #expect(found.sum == .seconds(60 * minutes.reduce(0, +)))
        for (quantile, expected) in zip(found.quantiles, expected) {
            #expect(abs(quantile.inSeconds - expected * 60) < 1e-6)
        }
    }

    @Test("keeps graphs and kinds apart")
    func keys() {
        let history = Self.history([1, 2], [Self.orders, NamedGraph(id: "h", name: "Orders")])
        #expect(history.durations(.import, of: "g")?.count == 2)
        #expect(history.durations(.export, of: "g") == nil)
        #expect(history.durations(.import, of: "h") == nil)
        #expect(history.durations(.import, of: "orders") == nil)
    }

    @Test("assigns no job of a name that two graphs have")
    func repeatedName() {
        let history = Self.history([1, 2], [Self.orders, NamedGraph(id: "h", name: "orders")])
        #expect(history.durations(.import, of: "g") == nil)
        #expect(history.durations(.import, of: "h") == nil)
    }

    @Test("assigns no job of before the graph was created: another one had the name")
    func recreated() {
        var graph = Self.orders
        graph.createdAt = Self.now - .seconds(2 * 86_400 + 3600)
        #expect(Self.history([1, 2, 3], [graph]).durations(.import, of: "g")?.count == 2)
    }

    @Test("leaves out what began more than a month ago, although a cloud may list it")
    func oldJobs() {
        let history = Self.history(Array(1...60), [Self.orders])
        #expect(history.durations(.import, of: "g")?.count == 31)
    }

    @Test(
        "knows the operations by what their names contain",
        arguments: [
            ("ImportGraph", .import), ("ExportGraph", .export), ("ClearGraph", .clear),
            ("RestartGraph", .restart), ("ForceRestartGraph", .restart), ("importGraph", .import),
            ("StartGraph", nil), ("DeleteGraph", nil), ("", nil),
        ] as [(String, JobKind?)]
    )
    func kinds(name: String, kind: JobKind?) {
        #expect(JobKind(jobName: name) == kind)
    }
}
