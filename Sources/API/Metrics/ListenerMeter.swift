import Listener

/// Copies the listener's statistics to metrics.
enum ListenerMeter {
    static func measure(_ statistics: ListenerStatistics, in metrics: MetricRegistry) {
        for (request, count) in statistics.requests {
            metrics.set(
                MetricCatalog.serverRequests,
                to: Double(count),
                request.handler,
                "\(request.status)"
            )
        }
        for (reason, count) in statistics.rejections {
            metrics.set(MetricCatalog.serverRejected, to: Double(count), reason.rawValue)
        }
        for (handler, durations) in statistics.durations {
            metrics.setHistogram(
                MetricCatalog.serverDuration,
                counts: durations.counts,
                sum: durations.sumSeconds,
                handler
            )
        }
        metrics.set(MetricCatalog.serverConnections, to: Double(statistics.openConnections))
    }
}
