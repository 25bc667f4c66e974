import Foundation
import Measurements
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
        ("hung", "N          graphs that hang for as many polls after that, 0; simulator only"),
        (
            "hour",
            "N          instead: N polls with the shipped rules, then the memory; 120 are an hour"
        ),
        ("interval", "TIME   between the polls of --hour, a second for 1000 graphs"),
        ("cloud-eye", "TIER   of --hour, capacity or full: read Cloud Eye once a minute too"),
        ("duration", "TIME   of wrk, 10s"),
        ("binary", "PATH     the program, .build/release/graphwarden"),
    ]

    /// Requests to one graph in one poll: two probes, its tasks, its queries.
    private static let requestsPerGraph = 4.0
    private static let pollSecondsMaximum = 10.0
    private static let rateRatioMinimum = 0.5
    /// How much longer the healthy graphs may take because of those that hang.
    private static let delayMaximum = 0.1
    private static let kilobytesPerGraphMaximum = 40.0
    private static let cycleSecondsMaximum = 15.0
    private static let coreShareMaximum = 0.5

    static func main() async {
        await benchmark(usage) { options in
            try await run(options)
        }
    }

    private static func run(_ options: Options) async throws -> Verdict {
        let graphs = try options.number("graphs", 10_000)
        let polls = try options.number("polls", 3)
        let hung = try options.number("hung", 0)
        let samples = try options.number("hour", 0)
        guard samples == 0 else { return try await holdSamples(samples, options, graphs: graphs) }
        let setup = try await SamplingSetup.start(
            Programs.graphwarden(options),
            graphs: graphs,
            server: server(options)
        )
        do {
            let first = try await setup.poll(1, after: 9)
            say(line(first, "the first poll, of \(graphs) graphs that are not known yet"))
            var all: [SamplingSetup.Poll] = []
            for number in 2...(polls + 1) {
                all.append(try await setup.poll(number, after: 15))
                say(line(all[number - 2], "poll \(number)"))
            }
            let delayed = try await pollWhileHanging(hung, all, setup)
            let requests = Double(graphs) * requestsPerGraph
            let rate = requests / all.map(\.probeSeconds).median
            await setup.stopAgent()
            let other = try await setup.wrk(seconds: Int(options.seconds("duration", 10)))
            await setup.end()
            let isFast = report([first] + all, rate, other)
            return isFast && !delayed ? .good : .boundMissed
        } catch {
            await setup.end()
            throw error
        }
    }

    private static func server(_ options: Options) throws -> SampledServer.Kind {
        let name = options.text("server", "simulator")
        guard let kind = SampledServer.Kind(rawValue: name) else {
            throw BenchError("--server must be simulator or nginx, not \(name)")
        }
        return kind
    }

    /// The memory of an agent whose graphs have as many samples as an hour brings. The polls follow
    /// one another faster than in production, because only their number counts.
    private static func holdSamples(
        _ polls: Int,
        _ options: Options,
        graphs: Int
    ) async throws -> Verdict {
        let interval = try options.seconds("interval", max(1, graphs / 1_000))
        let tier = options.text("cloud-eye", "")
        let setup = try await SamplingSetup.start(
            Programs.graphwarden(options),
            graphs: graphs,
            server: server(options),
            interval: "\(Int(interval))s",
            rules: Programs.root.appending(path: "rules/*.yml").path,
            cloudEye: tier.isEmpty ? nil : tier
        )
        do {
            let readings = try await setup.readings(
                ofLast: max(1, polls / 2),
                of: polls,
                // As often as a Prometheus would: the page has a hundred bytes of each series.
                every: .seconds(max(2, interval / 2))
            )
            let isPaced = try await keepsPace(setup, readings, interval: interval)
            await setup.end()
            guard let reading = readings.last?.reading else { return .wrong }
            let each = Double(reading.residentKilobytes) / Double(graphs)
            let isSmall = each < kilobytesPerGraphMaximum
            say(
                "\(isSmall ? "PASS" : "FAIL"): \(graphs) graphs with \(polls) samples of each series:"
                    + " \(reading.residentMegabytes.text(0)) MB, \(each.text(1)) kB a graph (bound"
                    + " \(kilobytesPerGraphMaximum.text(0)) kB), CPU"
                    + " \((reading.cpuSeconds / Double(polls)).text(2)) s a poll"
            )
            return isSmall && isPaced ? .good : .boundMissed
        } catch {
            await setup.end()
            throw error
        }
    }

    /// Whether cycles are short and the agent takes little of one core, in the second half of the
    /// polls: the first ones know no graph.
    private static func keepsPace(
        _ setup: SamplingSetup,
        _ readings: [(polls: Double, reading: ProcessReading)],
        interval: Double
    ) async throws -> Bool {
        guard let first = readings.first, let last = readings.last, last.polls > first.polls else {
            return true
        }
        var cycles: [String] = []
        var slowest = 0.0
        for source in ["ges_api", "probe", "cloud_eye"] {
            let series = "graphwarden_sampling_last_cycle_duration_seconds{source=\"\(source)\"}"
            guard let seconds = try await setup.metric(series) else { continue }
            slowest = max(slowest, source == "cloud_eye" ? 0 : seconds)
            cycles.append("\(source) \(seconds.text(2)) s")
        }
        let cpu = last.reading.cpuSeconds - first.reading.cpuSeconds
        let share = cpu / (last.polls - first.polls) / interval
        let isPaced = slowest < cycleSecondsMaximum && share < coreShareMaximum
        let series = try await setup.metric("graphwarden_series") ?? 0
        say(
            "\(isPaced ? "PASS" : "FAIL"): last cycles: \(cycles.joined(separator: ", ")) (bound"
                + " \(cycleSecondsMaximum.text(0)) s); \((share * 100).text(1)) % of one core at an"
                + " interval of \(interval.text(0)) s (bound \((coreShareMaximum * 100).text(0)) %);"
                + " \(series.text(0)) series"
        )
        return isPaced
    }

    /// Returns whether the graphs that hang delay the others by more than the bound.
    private static func pollWhileHanging(
        _ hung: Int,
        _ before: [SamplingSetup.Poll],
        _ setup: SamplingSetup
    ) async throws -> Bool {
        guard hung > 0 else { return false }
        let number = before.count + 2
        try await setup.hang(hung)
        // The hang may have begun in the middle of a poll.
        for number in number...(number + 1) {
            say(
                line(
                    try await setup.poll(number, after: 15),
                    "poll \(number), \(hung) graphs begin to hang"
                )
            )
        }
        var during: [SamplingSetup.Poll] = []
        for number in (number + 2)..<(number + 2 + before.count) {
            during.append(try await setup.poll(number, after: 15))
            say(line(during[during.count - 1], "poll \(number), \(hung) graphs hang"))
        }
        let delay = during.map(\.probeSeconds).median / before.map(\.probeSeconds).median - 1
        let isDelayed = delay >= delayMaximum
        say(
            "\(isDelayed ? "FAIL" : "PASS"): \(hung) graphs that hang make the others take"
                + " \((delay * 100).text(1)) % longer (bound \((delayMaximum * 100).text(0)) %)"
        )
        return isDelayed
    }

    private static func line(_ poll: SamplingSetup.Poll, _ name: String) -> String {
        "\(name): \(poll.seconds.text(2)) s, the graphs \(poll.probeSeconds.text(2)) s,"
            + (poll.silentSeconds > 0 ? " those that hang \(poll.silentSeconds.text(2)) s," : "")
            + " CPU of the agent \(poll.cpuSeconds.text(2)) s"
    }

    private static func report(
        _ polls: [SamplingSetup.Poll],
        _ rate: Double,
        _ other: Double
    ) -> Bool {
        let slowest = polls.map(\.seconds).max() ?? 0
        let ratio = rate / other
        let isFast = slowest < pollSecondsMaximum && ratio >= rateRatioMinimum
        say(
            "\(isFast ? "PASS" : "FAIL"): \(rate.text(0)) requests a second, wrk \(other.text(0)):"
                + " ratio \(ratio.text(2)) (bound \(rateRatioMinimum.text(1))); slowest poll"
                + " \(slowest.text(2)) s (bound \(pollSecondsMaximum.text(0)) s)"
        )
        return isFast
    }
}
