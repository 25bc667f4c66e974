import Measurements
import Workbench

/// The cost of one cycle of twelve rules and of one hour of samples, from few series to many.
@main
enum Growth {
    private static let usage: [(name: String, meaning: String)] = [
        ("series", "N   the largest number, 100000"), ("cycles", "N   measured for each, 25"),
    ]

    /// How much the cost per series may grow from the first row to the last.
    private static let growthMaximum = 1.5

    static func main() async {
        await benchmark(usage) { options in
            let largest = try options.number("series", 100_000)
            return try run(largest, cycles: options.number("cycles", 25))
        }
    }

    private static func run(_ largest: Int, cycles: Int) throws -> Verdict {
        say(
            "series".right(8) + "cycle ms".right(12) + "ns a series".right(14)
                + "memory MB".right(12) + "bytes a series".right(17)
        )
        let costs = try [100, 30, 10, 3, 1].map { divisor in
            let cost = try RuleGrowth.measure(graphs: largest / divisor / 6, cycles: cycles)
            say(
                "\(cost.series)".right(8) + (cost.cycleSeconds.median * 1000).text(2).right(12)
                    + cost.nanosecondsEach.median.text(0).right(14)
                    + (cost.bytes / Double(1 << 20)).text(1).right(12)
                    + cost.bytesEach.text(0).right(17)
            )
            return cost
        }
        let (first, last) = (costs[0], costs[costs.count - 1])
        let time = last.nanosecondsEach.median / first.nanosecondsEach.median
        let memory = last.bytesEach / first.bytesEach
        let isLinear = max(time, memory) <= growthMaximum
        say(
            "\(isLinear ? "PASS" : "FAIL"): from \(first.series) to \(last.series) series the cost of"
                + " each changed by \(time.text(2)) in time and \(memory.text(2)) in memory"
                + " (bound \(growthMaximum.text(2)))"
        )
        return isLinear ? .good : .boundMissed
    }
}
