import StrictYAML
import Time

/// How the nodes of graphs are read.
package struct NodeMetricsConfiguration: Sendable, Hashable {
    /// In which every graph is asked once.
    package var interval = Duration.seconds(120)
    /// Of one graph. A graph that measures needs seconds.
    package var timeout = Duration.seconds(10)
    /// The maximum number of requests in flight.
    package var concurrency = 4

    package init() {}
}

/// Reads the section `sampling.node_metrics`, whose presence enables the source.
struct NodeMetricsReader {
    var nodeMetrics: YAMLType<NodeMetricsConfiguration> {
        .mapping { reader in
            var configuration = NodeMetricsConfiguration()
            configuration.interval = reader.value(
                "interval",
                // Values count as current for fifteen minutes.
                .duration(in: .seconds(1)...(.seconds(300))),
                default: configuration.interval
            )
            configuration.timeout = reader.value(
                "timeout",
                .duration(in: .milliseconds(10)...(.seconds(60))),
                default: min(configuration.timeout, configuration.interval)
            )
            configuration.concurrency = reader.value(
                "concurrency",
                .int(in: 1...64),
                default: configuration.concurrency
            )
            if configuration.timeout > configuration.interval {
                reader.report(
                    "the timeout \(PrometheusDuration.format(configuration.timeout)) is above the"
                        + " interval \(PrometheusDuration.format(configuration.interval))",
                    at: "timeout"
                )
            }
            return configuration
        }
    }
}
