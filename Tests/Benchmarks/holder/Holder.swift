import CMalloc
import Glibc
import Series
import Workload
import Time

/// `holder GRAPHS`: holds one hour of the fleet's series, evaluates its rules a few times, prints
/// `ready`, and waits to be measured and terminated.
@main
enum Holder {
    private static let cycles: Int64 = 4

    static func main() throws {
        let graphs = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 10_000
        var fleet = try EvaluatedFleet(Fleet(graphs: graphs, origin: 1_700_000_000))
        var time = fleet.fleet.origin + Fleet.hourSeconds
        fleet.append(through: time)
        for _ in 0..<cycles {
            time += Fleet.intervalSeconds
            fleet.append(through: time)
            precondition(fleet.evaluate(at: Timestamp(milliseconds: time * 1000)).isEmpty)
        }
        // As the agent does after each of its polls.
        malloc_trim(0)
        print("ready")
        fflush(nil)
        // Until a signal terminates it.
        while true { pause() }
    }
}
