import Cycle
import Testing
import Time

@Suite("The history of jobs")
struct JobHistoryTests {
    private static let now = Timestamp(milliseconds: 1_795_428_000_000)

    private static func history(_ minutes: [Int], of name: String = "orders") -> JobHistory {
        JobHistory(
            minutes.enumerated().map { index, minutes in
                EndedJob(
                    graphName: name,
                    kind: .import,
                    beganAt: now - .seconds(3600 * index),
                    duration: .seconds(60 * minutes)
                )
            }
        )
    }

    @Test(
        "gives the quantiles that PromQL gives, in whatever order the jobs are listed",
        arguments: [
            ([7], [7, 7, 7]), ([10, 20], [15, 19, 19.9]), ([30, 10, 20], [20, 28, 29.8]),
            (Array(0...100).reversed(), [50, 90, 99]),
        ] as [([Int], [Double])]
    )
    func quantiles(minutes: [Int], expected: [Double]) throws {
        let found = try #require(
            Self.history(minutes).durations(.import, ofGraphNamed: "orders")
        )
        #expect(found.count == minutes.count)
        #expect(found.sum == .seconds(60 * minutes.reduce(0, +)))
        for (quantile, expected) in zip(found.quantiles, expected) {
            #expect(abs(quantile.inSeconds - expected * 60) < 1e-6)
        }
    }

    @Test("keeps graphs and kinds apart")
    func keys() {
        let history = Self.history([1, 2])
        #expect(history.durations(.import, ofGraphNamed: "orders")?.count == 2)
        #expect(history.durations(.export, ofGraphNamed: "orders") == nil)
        #expect(history.durations(.import, ofGraphNamed: "Orders") == nil)
        #expect(JobHistory([]).durations(.import, ofGraphNamed: "orders") == nil)
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
