import Foundation
import Measurements
import Workbench

/// How fast the agent serves `/metrics`, compared with nginx and a file of the same bytes, and what
/// memory the rendered responses take.
@main
enum Scrapes {
    private static let usage: [(name: String, meaning: String)] = [
        ("graphs", "N        number of graphs, 500"),
        ("cloud-eye", "TIER   capacity or full: the metrics of Cloud Eye too"),
        ("duration", "TIME   of each measurement, 5s"),
        ("rounds", "N        measurements of each server, alternating, 5"),
        ("connections", "N   4"),
        ("binary", "PATH     the program, .build/release/graphwarden"),
    ]

    /// The least share of nginx's bytes per second.
    private static let shareMinimum = 0.8

    private static let coreSeries = "graphwarden_metric_series{set=\"core\"}"
    private static let restSeries = "graphwarden_cloud_eye_series"

    static func main() async {
        await benchmark(usage) { options in
            try await run(options)
        }
    }

    private static func run(_ options: Options) async throws -> Verdict {
        let graphs = try options.number("graphs", 500)
        let duration = try options.seconds("duration", 5)
        let rounds = try options.number("rounds", 5)
        let connections = try options.number("connections", 4)
        let setup = try await ScrapesSetup.start(
            Programs.graphwarden(options),
            graphs: graphs,
            cloudEye: options.text("cloud-eye", "")
        )
        do {
            var isGood = true
            let before = try setup.agent.program.reading().residentMegabytes
            for coding in ["identity", "gzip"] {
                let file = try await setup.copyMetrics(coding: coding)
                var agent: [Double] = []
                var nginx: [Double] = []
                for _ in 0..<rounds {
                    let scrapes = LoadClient(setup.agent.url + "/metrics", coding, connections)
                    agent.append(try scrapes.bytesPerSecond(during: duration))
                    let files = LoadClient(file.url, "identity", connections)
                    nginx.append(try files.bytesPerSecond(during: duration))
                }
                let share = agent.median / nginx.median
                // Small answers measure requests, not bytes, and nginx parses HTTP in C.
                if coding == "identity" { isGood = share >= shareMinimum }
                say(
                    "\(coding.left(9)) \(file.bytes.description.right(9)) bytes"
                        + "  agent \((agent.median / 1e6).text(0).right(6)) MB/s"
                        + "  nginx \((nginx.median / 1e6).text(0).right(6)) MB/s"
                        + "  share \(share.text(2))"
                )
            }
            let core = try await setup.agent.metric(Self.coreSeries) ?? 0
            let rest = try await setup.agent.metric(Self.restSeries) ?? 0
            say(
                "series of graphs: \(core.text(0)) of the agent itself, \(rest.text(0)) of Cloud Eye"
            )
            let held = try await setup.agent.metric("graphwarden_scrape_cache_size_bytes") ?? 0
            let after = try setup.agent.program.reading().residentMegabytes
            say(
                "rendered responses held: \((held / 1e6).text(2)) MB; resident memory"
                    + " \(before.text(1)) MB before and \(after.text(1)) MB after"
            )
            await setup.end()
            say(
                "\(isGood ? "PASS" : "FAIL"): at least \(shareMinimum.text(1)) of nginx's bytes per"
                    + " second without compression"
            )
            return isGood ? .good : .boundMissed
        } catch {
            await setup.end()
            throw error
        }
    }
}
