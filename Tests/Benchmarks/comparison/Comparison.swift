import Measurements
import Workbench

/// The same rules over the same series, evaluated here and by Debian's Prometheus or
/// VictoriaMetrics, in one run.
@main
enum Comparison {
    private static let usage: [(name: String, meaning: String)] = [
        ("graphs", "N       number of graphs with six series each, 10000"),
        ("duration", "TIME  how long both evaluate side by side, 2m"),
        ("server", "NAME    prometheus (the default) or victoria-metrics"),
    ]

    static func main() async {
        await benchmark(usage) { options in
            let server = options.text("server", "prometheus")
            guard let anchor = RuleAnchor(rawValue: server) else {
                throw BenchError("--server must be prometheus or victoria-metrics, not \(server)")
            }
            let result = try await anchor.measure(
                graphs: options.number("graphs", 10_000),
                seconds: options.seconds("duration", 120)
            )
            Book.print(result.rows)
            say("both raise the same \(result.alerts) alerts")
            return Book.verdict(result.rows)
        }
    }
}
