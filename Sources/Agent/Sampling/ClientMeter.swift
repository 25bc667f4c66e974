package import API
import Series
package import GES
package import Time

/// Counts the requests of the GES client.
package struct ClientMeter: RequestObserver {
    private let metrics: MetricRegistry

    package init(metrics: MetricRegistry) {
        self.metrics = metrics
    }

    package func requestFinished(_ request: FinishedRequest) {
        let service = request.service.rawValue
        switch request.outcome {
        case .answered(let status):
            metrics.add(
                to: MetricCatalog.clientRequests,
                service,
                request.operation,
                "\(status)"
            )
        case .failed(let reason):
            metrics.add(to: MetricCatalog.clientFailures, service, request.operation, reason)
        }
        metrics.observe(
            MetricCatalog.clientDuration,
            seconds: request.duration.inSeconds,
            service,
            request.operation
        )
        metrics.add(
            Double(request.newConnections),
            to: MetricCatalog.connectionsOpened,
            service
        )
        if request.isRepeated {
            metrics.add(to: MetricCatalog.clientRetries, service, request.operation)
        }
    }

    package func answerUnusable(_ service: Service, operation: String, reason: String) {
        metrics.add(to: MetricCatalog.clientFailures, service.rawValue, operation, reason)
    }

    package func throttleWaited(_ service: Service, for duration: Duration) {
        metrics.add(duration.inSeconds, to: MetricCatalog.throttleWait, service.rawValue)
    }

    package func tokenRefreshed(expiry: Timestamp) {
        metrics.add(to: MetricCatalog.tokenRefreshes)
        metrics.set(MetricCatalog.tokenExpiry, to: expiry.seconds)
        metrics.set(
            MetricCatalog.tokenLastSuccess,
            to: WallClock.now().seconds
        )
    }

    package func tokenRefreshFailed(reason: String) {
        metrics.add(to: MetricCatalog.tokenRefreshes)
        metrics.add(to: MetricCatalog.tokenFailures, reason)
    }
}
