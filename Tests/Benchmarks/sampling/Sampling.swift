import Foundation
import Workbench

/// How fast the agent samples a large fleet, compared with wrk that sends the same requests to the
/// same server in the same run: the simulated cloud, or with `--server=nginx` Debian's nginx with
/// fixed answers, which costs next to nothing and shows the cost of the clients alone.
@main
enum Sampling {
    private static let usage: [(name: String, meaning: String)] = [
        ("graphs", "N        number of graphs, 10000"),
        ("server", "NAME     simulator (the default) or nginx"),
        ("polls", "N         measured after the first, 3"),
        ("duration", "TIME   of wrk, 10s"),
        ("binary", "PATH     the program, .build/release/graphwarden"),
    ]

    /// Requests to one graph in one poll: two probes, its tasks, its queries.
    private static let requestsPerGraph = 4.0
    private static let pollSecondsMaximum = 10.0
    private static let rateRatioMinimum = 0.5

    static func main() async {
        await benchmark(usage) { options in
            try await run(options)
        }
    }

    private static func run(_ options: Options) async throws -> Verdict {
        let graphs = try options.number("graphs", 10_000)
        let polls = try options.number("polls", 3)
        let setup = try await SamplingSetup.start(options, graphs: graphs)
        do {
            var all = [try await setup.poll(1)]
            say(line(all[0], "the first poll, of \(graphs) graphs that are not known yet"))
            for number in 2...(polls + 1) {
                all.append(try await setup.poll(number))
                say(line(all[number - 1], "poll \(number)"))
            }
            let requests = Double(graphs) * requestsPerGraph
            let rate = requests / all.dropFirst().map(\.probeSeconds).median
            await setup.stopAgent()
            let other = try await setup.wrk(seconds: Int(options.seconds("duration", 10)))
            await setup.end()
            return report(all, rate, other)
        } catch {
            await setup.end()
            throw error
        }
    }

    private static func line(_ poll: SamplingSetup.Poll, _ name: String) -> String {
        "\(name): \(poll.seconds.text(2)) s, the graphs \(poll.probeSeconds.text(2)) s,"
            + " CPU of the agent \(poll.cpuSeconds.text(2)) s"
    }

    private static func report(
        _ polls: [SamplingSetup.Poll],
        _ rate: Double,
        _ other: Double
    ) -> Verdict {
        let slowest = polls.map(\.seconds).max() ?? 0
        let ratio = rate / other
        let isFast = slowest < pollSecondsMaximum && ratio >= rateRatioMinimum
        say(
            "\(isFast ? "PASS" : "FAIL"): \(rate.text(0)) requests a second, wrk \(other.text(0)):"
                + " ratio \(ratio.text(2)) (bound \(rateRatioMinimum.text(1))); slowest poll"
                + " \(slowest.text(2)) s (bound \(pollSecondsMaximum.text(0)) s)"
        )
        return isFast ? .good : .boundMissed
    }
}
