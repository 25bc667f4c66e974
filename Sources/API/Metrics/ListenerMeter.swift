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
        for (metric, value) in usage(statistics) + bounds(limits) {
            metrics.set(metric, to: Double(value))
        }
    }

    private static func usage(_ statistics: ListenerStatistics) -> [(MetricDefinition, Int)] {
        [
            (MetricCatalog.serverConnections, statistics.openConnections),
            (MetricCatalog.serverHandshakes, statistics.handshakes),
            (MetricCatalog.serverInFlight, statistics.requestsInFlight),
            (MetricCatalog.serverPasswordsWaiting, statistics.passwordsWaiting),
            (MetricCatalog.serverHeadBytes, statistics.headBytes),
            (MetricCatalog.serverBodyBytes, statistics.bodyBytes),
            (
                MetricCatalog.serverResponseBytes,
                statistics.responseBytes - statistics.exemptResponseBytes
            ),
            (MetricCatalog.serverExemptResponseBytes, statistics.exemptResponseBytes),
            (MetricCatalog.serverAcceptErrors, statistics.acceptErrors),
        ]
    }

    private static func bounds(_ limits: HTTPServerConfiguration) -> [(MetricDefinition, Int)] {
        [
            (MetricCatalog.serverConnectionsLimit, limits.maximumConnections),
            (MetricCatalog.serverAddressLimit, limits.maximumConnectionsPerAddress),
            (MetricCatalog.serverHandshakesLimit, limits.maximumHandshakes),
            (MetricCatalog.serverHandshakesAddressLimit, limits.maximumHandshakesPerAddress),
            (MetricCatalog.serverInFlightLimit, limits.maximumInFlight),
            (MetricCatalog.serverPoolLimit, limits.maximumInFlightInPools),
            (MetricCatalog.serverPasswordsLimit, limits.maximumPasswordsWaiting),
            (MetricCatalog.serverPasswordsAddressLimit, limits.maximumPasswordsWaitingPerAddress),
            (MetricCatalog.serverHeadLimit, limits.maximumHeadBytes),
            (MetricCatalog.serverHeadFieldsLimit, limits.maximumHeadFields),
            (MetricCatalog.serverHeadBufferLimit, limits.maximumBufferedHeadBytes),
            (MetricCatalog.serverBodyLimit, limits.maximumBufferedBodyBytes),
            (MetricCatalog.serverBodyReserve, limits.smallBodyReserveBytes),
            (MetricCatalog.serverResponseLimit, limits.maximumBufferedResponseBytes),
            (MetricCatalog.serverExemptResponseLimit, limits.maximumBufferedResponseBytes),
        ]
    }
}
