import API
import ArgumentParser
import Cycle

/// How much `/metrics` shows.
struct MetricFlags: ParsableArguments {
    @Option(
        name: .customLong("metrics.tier"),
        help: """
            How much /metrics shows of each graph, as far as it is known: core is what the agent \
            sees itself, capacity comes from Cloud Eye, and full has the rest of it, sizes and nodes.
            """
    )
    var tier = MetricTier.full

    @Option(
        name: .customLong("metrics.series-limit"),
        help: """
            Number of time series above which /metrics leaves out metrics of the tiers capacity and \
            full. Others are always shown.
            """
    )
    var seriesLimit = MetricExposure().seriesLimit

    func validate() throws {
        guard seriesLimit > 0 else {
            throw ValidationError("--metrics.series-limit must be above 0")
        }
    }

    var exposure: MetricExposure {
        var exposure = MetricExposure()
        exposure.tier = tier
        exposure.seriesLimit = seriesLimit
        return exposure
    }
}

extension MetricTier: ExpressibleByArgument {}
