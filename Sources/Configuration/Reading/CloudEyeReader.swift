package import Cycle
import StrictYAML
import Time

/// How Cloud Eye is read.
package struct CloudEyeConfiguration: Sendable, Hashable {
    package var interval = Duration.seconds(60)
    /// Which of its metrics.
    package var tier = MetricTier.capacity
    /// The maximum number of requests in flight.
    package var concurrency = 4

    package init() {}
}

/// Reads the section `sampling.cloud_eye`, whose presence enables the source.
struct CloudEyeReader {
    /// Without the tier `core`, which has no metric of Cloud Eye.
    private enum Tier: String, CaseIterable {
        case capacity, full

        var tier: MetricTier { self == .full ? .full : .capacity }
    }

    var cloudEye: YAMLType<CloudEyeConfiguration> {
        .mapping { reader in
            var configuration = CloudEyeConfiguration()
            configuration.interval = reader.value(
                "interval",
                // Values count as current for fifteen minutes, ten of which they may take to come.
                .duration(in: .seconds(1)...(.seconds(300))),
                default: configuration.interval
            )
            configuration.tier = reader.value("tier", .oneOf(Tier.self), default: .capacity).tier
            configuration.concurrency = reader.value(
                "concurrency",
                .int(in: 1...16),
                default: configuration.concurrency
            )
            return configuration
        }
    }
}
