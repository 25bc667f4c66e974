import Foundation
import PromQL
import Series
import Workbench
import Workload

/// The same rules over the same series, evaluated here and by Debian's Prometheus, in one run.
@main
enum Comparison {
    private static let usage: [(name: String, meaning: String)] = [
        ("graphs", "N       number of graphs with six series each, 10000"),
        ("duration", "TIME  how long both evaluate side by side, 2m"),
    ]

    static func main() async {
        await benchmark(usage) { options in
            try await run(options)
        }
    }

    private static func run(_ options: Options) async throws -> Verdict {
        let graphs = try options.number("graphs", 10_000)
        let duration = try options.seconds("duration", 120)
        var setup = try await ComparisonSetup.start(graphs: graphs)
        let result: Measurements
        do {
            result = try await setup.measure(seconds: duration)
        } catch {
            await setup.end()
            throw error
        }
        await setup.end()
        return report(result)
    }

    private static func report(_ result: Measurements) -> Verdict {
        say(
            "median".left(44) + "graphwarden".right(14) + "Prometheus".right(14)
                + "ratio".right(9) + "at least".right(10)
        )
        let rows = [
            row("12 rules over all graphs, ms", result.cycle, 1000, atLeast: 10),
            row("graph_probe_success == 0, ms", result.query, 1000, atLeast: 20),
            row("resident with one hour every 15 s, MB", result.memory, 1, atLeast: 3),
        ]
        say(result.disagreement ?? "PASS: both raise the same \(result.alerts) alerts")
        guard result.disagreement == nil else { return .wrong }
        return rows.allSatisfy { $0 } ? .good : .boundMissed
    }

    private static func row(
        _ name: String,
        _ pair: Measurements.Pair,
        _ factor: Double,
        atLeast bound: Double
    ) -> Bool {
        let ratio = pair.theirs.median / pair.ours.median
        say(
            name.left(44) + (pair.ours.median * factor).text(2).right(14)
                + (pair.theirs.median * factor).text(1).right(14) + ratio.text(1).right(9)
                + bound.text(0).right(10) + (ratio >= bound ? "  PASS" : "  FAIL")
        )
        return ratio >= bound
    }
}

/// Both sides are measured alternately, so that other load on the machine affects both.
struct Measurements {
    struct Pair {
        var ours: [Double] = []
        var theirs: [Double] = []
    }

    /// In seconds.
    var cycle = Pair()
    /// In seconds.
    var query = Pair()
    /// In megabytes.
    var memory = Pair()
    var alerts = 0
    /// nil if both raise the same alerts.
    var disagreement: String?
}
