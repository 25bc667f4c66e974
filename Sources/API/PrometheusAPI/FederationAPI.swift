import Exposition
import GoText
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
                    let form = try runner.turns.turn { () throws(QueryFailure) in
                        try RequestForm(request)
                    }
                    return try await answer(form)
                } catch {
                    return .response(.text(error.text.displayed() + "\n", status: error.status))
                }
            }
        ]
    }

    private func answer(_ form: RequestForm) async throws(QueryFailure) -> Reply {
        let now = clock.now()
        return try await runner.run { context throws(QueryFailure) in
            let found = try Self.newest(
                context.series,
                form.selectors(),
                context.meter,
                after: now - context.engine.options.lookback,
                through: now
            )
            let answer = ChunkedAnswer(
                count: found.count,
                estimatedBytes: found.reduce(0) { $0 + 40 + $1.labels.textBytes },
                heldBytes: found.count * MemoryLayout<Found>.stride,
                head: [],
                tail: []
            ) { Self.text(of: found, $0) }
            let type = ExpositionFormat.fallback.contentType
            return try answer.reply(
                ServerResponse(status: 200, headers: ["Content-Type": type]),
                within: context.budget,
                context.turns
            )
        }
    }

    private struct Found: Sendable {
        let labels: Labels
        let sample: Sample
    }

    /// Sorted by name. Without a selector nothing, as in Prometheus.
    private static func newest(
        _ store: SeriesStore,
        _ selectors: [[LabelMatcher]],
        _ meter: QueryMeter,
        after start: Timestamp,
        through end: Timestamp
    ) throws(QueryFailure) -> [Found] {
        var seen: Set<SeriesReference> = []
        var found: [Found] = []
        for matchers in selectors {
            for reference in try store.select(matchers, meter.work) {
                try meter.work(8)
                guard seen.insert(reference).inserted,
                    let sample = store.currentSample(of: reference, after: start, through: end)
                else { continue }
                found.append(Found(labels: store.labels(of: reference), sample: sample))
            }
        }
        return found.sorted { left, right in
            (left.labels.metricName, left.labels) < (right.labels.metricName, right.labels)
        }
    }

    private static func text(of found: [Found], _ range: Range<Int>) -> [UInt8] {
        let before = range.lowerBound > 0 ? found[range.lowerBound - 1].labels.metricName : nil
        var format = FederationFormat(after: before)
        for element in found[range] {
            format.append(
                element.labels.metricName,
                labels: exported(element.labels),
                value: element.sample.value,
                timestampMilliseconds: element.sample.timestamp.milliseconds
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
