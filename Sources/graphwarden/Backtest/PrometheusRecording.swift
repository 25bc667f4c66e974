import ArgumentParser
import Agent
import Backtest
import Cycle
import HTTPClient
import JSON
import Series
import Time
import URI

/// Reads a recording out of a Prometheus.
///
/// Range selectors give the samples with the times at which they were scraped. `query_range` would
/// give values at steps of its own, up to five minutes old.
struct PrometheusRecording {
    let address: AgentAddress
    let client: AgentClient

    /// The range of one query: of a thousand graphs at 30 seconds, one metric has fewer samples than
    /// the usual limit of a query.
    private static let window = Duration.seconds(6 * 3600)
    /// How far back it goes without --from.
    private static let usualSpan = Duration.seconds(90 * 86_400)

    private struct Failure: Error {
        let text: String
    }

    /// Prints why it cannot be read, and exits.
    func read(_ options: RecordingReader.Options) async throws -> FleetRecording {
        do {
            var reader = RecordingReader(options)
            let now = AgentClock.system.now()
            let to = min(options.to, now)
            let from = max(options.from, to - Self.usualSpan)
            for metric in GraphMetric.allCases where !options.leftOut.contains(metric) {
                try await read(metric, from, to, options.matchers, &reader)
            }
            return try reader.finish()
        } catch let failure as Failure {
            Terminal.error("\(address): \(failure.text)")
        } catch {
            Terminal.error("\(error)")
        }
        throw ExitCode(2)
    }

    private func read(
        _ metric: GraphMetric,
        _ from: Timestamp,
        _ to: Timestamp,
        _ matchers: [LabelMatcher],
        _ reader: inout RecordingReader
    ) async throws {
        var series: [String: Int?] = [:]
        var end = from
        while end < to {
            let start = end
            end = min(to, start + Self.window)
            let selector = matchers.map(\.description).joined(separator: ",")
            let seconds = max(1, Int64((end - start).inSeconds))
            let query = "\(metric.rawValue){\(selector)}[\(seconds)s]"
            for result in try await results(of: query, at: end) {
                try add(result, metric, &series, to: &reader)
            }
        }
    }

    private func add(
        _ result: JSONValue,
        _ metric: GraphMetric,
        _ series: inout [String: Int?],
        to reader: inout RecordingReader
    ) throws {
        let labels = (result["metric"]?.objectValue ?? []).compactMap { member in
            member.value.stringValue.map { (name: member.name, value: $0) }
        }
        .filter { $0.name != "__name__" }
        let text = labels.map { "\($0.name)=\($0.value.debugDescription)" }.sorted().joined()
        let place: Int?
        if let known = series[text] {
            place = known
        } else {
            place = try reader.make(name: metric.rawValue, labels: labels)
            series[text] = .some(place)
        }
        guard let place else { return }
        for sample in result["values"]?.arrayValue ?? [] {
            guard let seconds = sample[0]?.doubleValue ?? sample[0]?.integerValue.map(Double.init),
                let value = sample[1]?.stringValue.flatMap(Double.init),
                seconds > 0, seconds < 1e12
            else { throw Failure(text: "not the answer of a Prometheus: a sample is malformed") }
            try reader.append(value, at: Int64((seconds * 1000).rounded()), to: place)
        }
    }

    private func results(of query: String, at time: Timestamp) async throws -> [JSONValue] {
        let path =
            "/api/v1/query?query=\(PercentEncoding.encode(query))&time=\(time.seconds)"
        let response: HTTPResponse
        do {
            response = try await client.send(path, timeout: .seconds(120))
        } catch {
            throw Failure(text: "\(error)")
        }
        guard let body = try? JSONValue.parse(response.body) else {
            throw Failure(text: "not the answer of a Prometheus: \(response.summary)")
        }
        guard response.status == 200, let results = body["data"]?["result"]?.arrayValue else {
            let text = body["error"]?.stringValue ?? "status \(response.status)"
            throw Failure(
                text: "\(text); choose fewer graphs with --match, or less time with --from"
            )
        }
        return results
    }
}
