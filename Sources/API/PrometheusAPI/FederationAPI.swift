import Exposition
import Listener
import PromQL
import Series
import Time

/// `/federate`, as in Prometheus: the newest samples of the series that `match[]` selects. Another
/// Prometheus scrapes from here what the rules of the agent have made, `ALERTS` and
/// `ALERTS_FOR_STATE` among it. `/metrics` does not hold those, as it does not in Prometheus: an
/// alert that has ended there would go on for the staleness of the scrape, and a Prometheus with
/// rules of its own would have two series of one alert.
struct FederationAPI: Sendable {
    let runner: QueryRunner
    let clock: AgentClock

    var routes: [Route] {
        [
            Route("GET", "/federate", pool: runner.pool) { request in
                do throws(QueryFailure) {
                    return .response(try await answer(RequestForm(request)))
                } catch {
                    return .response(.text(error.text + "\n", status: error.status))
                }
            }
        ]
    }

    private func answer(_ form: RequestForm) async throws(QueryFailure) -> ServerResponse {
        let selectors = try form.selectors()
        let now = clock.now()
        let body = try await runner.run { context in
            Self.body(
                context.series,
                selectors,
                after: now - context.engine.options.lookback,
                through: now
            )
        }
        return ServerResponse(
            status: 200,
            headers: ["Content-Type": ExpositionFormat.fallback.contentType],
            body: body
        )
    }

    /// Without a selector nothing, as in Prometheus.
    private static func body(
        _ store: SeriesStore,
        _ selectors: [[LabelMatcher]],
        after start: Timestamp,
        through end: Timestamp
    ) -> [UInt8] {
        var seen: Set<SeriesReference> = []
        var found: [(labels: Labels, sample: Sample)] = []
        for reference in selectors.flatMap({ store.select($0) })
        where seen.insert(reference).inserted {
            if let sample = store.newestSample(of: reference, after: start, through: end) {
                found.append((store.labels(of: reference), sample))
            }
        }
        found.sort { left, right in
            (left.labels.metricName, left.labels) < (right.labels.metricName, right.labels)
        }
        var format = FederationFormat()
        for (labels, sample) in found {
            format.append(
                labels.metricName,
                labels: exported(labels),
                value: sample.value,
                timestampMilliseconds: sample.timestamp.milliseconds
            )
        }
        return format.bytes
    }

    /// An empty `instance` keeps a scraper with `honor_labels` from adding its own.
    private static func exported(_ labels: Labels) -> [(name: String, value: String)] {
        let own = labels.removingMetricName().map { (name: $0.name, value: $0.value) }
        return labels["instance"].isEmpty ? own + [("instance", "")] : own
    }
}
