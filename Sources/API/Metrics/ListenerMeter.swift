import Listener

/// Copies the listener's statistics to metrics.
enum ListenerMeter {
    static func measure(
        _ statistics: ListenerStatistics,
        _ limits: HTTPServerConfiguration,
        in metrics: MetricRegistry
    ) {
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
        for (reason, count) in statistics.evictions {
            metrics.set(MetricCatalog.serverEvictions, to: Double(count), reason.rawValue)
        }
        let values = [
            (MetricCatalog.serverConnections, statistics.openConnections),
            (MetricCatalog.serverInFlight, statistics.requestsInFlight),
            (MetricCatalog.serverPasswordsWaiting, statistics.passwordsWaiting),
            (MetricCatalog.serverBodyBytes, statistics.bodyBytes),
            (MetricCatalog.serverResponseBytes, statistics.responseBytes),
            (MetricCatalog.serverAcceptErrors, statistics.acceptErrors),
            (MetricCatalog.serverConnectionsLimit, limits.maximumConnections),
            (MetricCatalog.serverAddressLimit, limits.maximumConnectionsPerAddress),
            (MetricCatalog.serverInFlightLimit, limits.maximumInFlight),
            (MetricCatalog.serverBodyLimit, limits.maximumBufferedBodyBytes),
            (MetricCatalog.serverResponseLimit, limits.maximumBufferedResponseBytes),
        ]
        for (metric, value) in values { metrics.set(metric, to: Double(value)) }
    }
}
