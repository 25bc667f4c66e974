import CMalloc
import Foundation
import Series
import Workbench
import Workload
import Time

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

    private struct Cost {
        let series: Int
        let cycleSeconds: Double
        let bytes: Double

        var nanosecondsEach: Double { cycleSeconds * 1e9 / Double(series) }
        var bytesEach: Double { bytes / Double(series) }
    }

    private static func run(_ largest: Int, cycles: Int) throws -> Verdict {
        say(
            "series".right(8) + "cycle ms".right(12) + "ns a series".right(14)
                + "memory MB".right(12) + "bytes a series".right(17)
        )
        let costs = try [100, 30, 10, 3, 1].map { divisor in
            let cost = try measure(graphs: largest / divisor / 6, cycles: cycles)
            say(
                "\(cost.series)".right(8) + (cost.cycleSeconds * 1000).text(2).right(12)
                    + cost.nanosecondsEach.text(0).right(14)
                    + (cost.bytes / Double(1 << 20)).text(1).right(12)
                    + cost.bytesEach.text(0).right(17)
            )
            return cost
        }
        let (first, last) = (costs[0], costs[costs.count - 1])
        let time = last.nanosecondsEach / first.nanosecondsEach
        let memory = last.bytesEach / first.bytesEach
        let isLinear = max(time, memory) <= growthMaximum
        say(
            "\(isLinear ? "PASS" : "FAIL"): from \(first.series) to \(last.series) series the cost of"
                + " each changed by \(time.text(2)) in time and \(memory.text(2)) in memory"
                + " (bound \(growthMaximum.text(2)))"
        )
        return isLinear ? .good : .boundMissed
    }

    private static func measure(graphs: Int, cycles: Int) throws -> Cost {
        let before = heapBytes
        var fleet = try EvaluatedFleet(Fleet(graphs: graphs, origin: 1_700_000_000))
        var time = fleet.fleet.origin + Fleet.hourSeconds
        fleet.append(through: time)
        let bytes = heapBytes - before
        var seconds: [Double] = []
        for _ in 0..<cycles {
            time += Fleet.intervalSeconds
            fleet.append(through: time)
            let now = Timestamp(milliseconds: time * 1000)
            seconds.append(elapsed { precondition(fleet.evaluate(at: now).isEmpty) })
        }
        return Cost(
            series: fleet.fleet.seriesCount,
            cycleSeconds: seconds.median,
            bytes: bytes
        )
    }

    /// Bytes in use, as the C library counts them.
    private static var heapBytes: Double {
        let information = mallinfo2()
        return Double(information.uordblks) + Double(information.hblkhd)
    }
}
