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

    /// The range of one query at first, in seconds.
    private static let window: Int64 = 6 * 3600
    private static let shortestWindow: Int64 = 300
    /// How long to wait before each further attempt.
    private static let pauses: [Duration] = [.seconds(1), .seconds(4)]
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
            for metric in GraphMetric.allCases
            where RecordingReader.used.contains(metric) && !options.leftOut.contains(metric) {
                // The name is given already.
                let matchers = options.matchers(of: metric).filter { $0.name != "__name__" }
                try await read(metric, from, to, matchers, &reader)
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
        var places: [[UInt8]: Int?] = [:]
        let selector = matchers.map(\.description).joined(separator: ",")
        // Ranges are of whole seconds: a rounded one would lack a sample at its border.
        var start = Int64(from.seconds.rounded(.down))
        let last = Int64(to.seconds.rounded(.up))
        var window = Self.window
        while start < last {
            let end = min(last, start + window)
            let query = "\(metric.rawValue){\(selector)}[\(end - start)s]"
            switch try await answer(to: query, at: end) {
            case .series(let all):
                for series in all { try add(series, metric, &places, to: &reader) }
                start = end
            case .tooLarge(let cause):
                // The limits of a Prometheus are its own: a smaller range stays below them.
                guard window > Self.shortestWindow else { throw Failure(text: cause) }
                window = window / 2
            }
        }
    }

    private func add(
        _ series: MatrixText.Series,
        _ metric: GraphMetric,
        _ places: inout [[UInt8]: Int?],
        to reader: inout RecordingReader
    ) throws {
        let place: Int?
        if let known = places[series.metric] {
            place = known
        } else {
            let members = try JSONValue.parse(series.metric).objectValue ?? []
            let labels = members.compactMap { member in
                member.value.stringValue.map { (name: member.name, value: $0) }
            }
            place = try reader.make(
                name: metric.rawValue,
                labels: labels.filter { $0.name != "__name__" }
            )
            places[series.metric] = .some(place)
        }
        guard let place else { return }
        for sample in series.samples {
            try reader.append(sample.value, at: sample.milliseconds, to: place)
        }
    }

    /// One that times out or fails is asked for again: there are thousands of them.
    private func send(_ path: String) async throws -> HTTPResponse {
        for pause in Self.pauses {
            do {
                let response = try await client.send(path, timeout: .seconds(120))
                // 503 says that the query took too long, and is answered with a smaller range.
                if response.status < 500 || response.status == 503 { return response }
            } catch  where Self.isTooLarge(error) {
                throw error
            } catch {}
            try await Task.sleep(for: pause)
        }
        return try await client.send(path, timeout: .seconds(120))
    }

    private static func isTooLarge(_ error: any Error) -> Bool {
        "\(error)".contains("larger than")
    }

    private enum Answer {
        case series([MatrixText.Series])
        case tooLarge(String)
    }

    private func answer(to query: String, at time: Int64) async throws -> Answer {
        let path = "/api/v1/query?query=\(PercentEncoding.encode(query))&time=\(time)"
        let response: HTTPResponse
        do {
            response = try await send(path)
        } catch {
            let text = "\(error)"
            if Self.isTooLarge(error) { return .tooLarge(text) }
            throw Failure(text: text)
        }
        guard response.status == 200 else {
            let body = try? JSONValue.parse(response.body)
            let text = body?["error"]?.stringValue ?? response.summary
            if response.status == 422 || response.status == 503 { return .tooLarge(text) }
            throw Failure(text: text)
        }
        do {
            return .series(try MatrixText.series(response.body))
        } catch {
            throw Failure(text: "\(error)")
        }
    }
}
