import CMalloc
import Series
import Time
import Workbench
import Workload

/// The cost of one cycle of twelve rules and of one hour of samples for a number of graphs.
package struct RuleGrowth: Sendable {
    package let series: Int
    /// CPU time, because a long cycle is interrupted by other programs more often than a short one.
    package let cycleSeconds: [Double]
    package let bytes: Double

    package var nanosecondsEach: [Double] { cycleSeconds.map { $0 * 1e9 / Double(series) } }
    package var bytesEach: Double { bytes / Double(series) }

    package static func measure(graphs: Int, cycles: Int) throws -> RuleGrowth {
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
            seconds.append(processorTime { precondition(fleet.evaluate(at: now).isEmpty) })
        }
        return RuleGrowth(
            series: fleet.fleet.seriesCount,
            cycleSeconds: seconds,
            bytes: bytes
        )
    }
}

/// Bytes in use, as the C library counts them.
var heapBytes: Double {
    let information = mallinfo2()
    return Double(information.uordblks) + Double(information.hblkhd)
}
