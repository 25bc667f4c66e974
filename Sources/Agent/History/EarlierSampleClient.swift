import Backtest
import Configuration
import Cycle
import GES
import HTTPClient
import JSON
import PromQL
import Series
import Time
import URI

/// Requests for samples to a Prometheus, or to whatever speaks its API.
struct EarlierSampleClient: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
        /// Whether a smaller range may be answered.
        var isTooLarge = false
        var isTimeout = false
    }

    let source: HistorySource
    private let http: HTTPClient
    private let authorization: AuthorizationSource?
    private let now: @Sendable () -> Timestamp
    private let stop: StopSignal
    /// As in a selector, without braces.
    private let matchers: String

    private static let maximumResponseBytes = 32 << 20
    /// How far the clock of the server may be from that of this host. Beyond that, the times of its
    /// samples cannot be trusted.
    private static let clockTolerance = Duration.seconds(60)

    /// Throws if the CA file cannot be read.
    init(
        _ source: HistorySource,
        userAgent: String,
        now: @escaping @Sendable () -> Timestamp,
        stop: StopSignal
    ) throws(HTTPError) {
        (self.source, self.now, self.stop) = (source, now, stop)
        http = try HTTPClient(
            configuration: HTTPClientConfiguration(
                userAgent: userAgent,
                caFile: source.certificateAuthorityFile,
                maximumConnectionsPerHost: 1,
                maximumConnections: 1
            )
        )
        authorization = source.credentials.map(AuthorizationSource.init)
        let chosen = source.match.flatMap { try? Expression.parseSelector($0).matchers } ?? []
        matchers = chosen.map(\.description).joined(separator: ",")
    }

    /// The samples of a metric after `start` and through `end`, with the times at which they were
    /// scraped. `query_range` would give values at steps of its own, up to five minutes old.
    ///
    /// - Parameters:
    ///   - start: in seconds.
    ///   - end: in seconds.
    func samples(
        of metric: GraphMetric,
        after start: Int64,
        through end: Int64
    ) async throws(Failure) -> [MatrixText.Series] {
        let query = "\(metric.rawValue){\(matchers)}[\(end - start)s]"
        let response = try await send(
            "/api/v1/query?query=\(PercentEncoding.encode(query))&time=\(end)"
                + "&timeout=\(source.timeout.components.seconds)s"
        )
        guard response.status == 200 else { throw Failure(response) }
        try checkClock(response)
        do throws(MatrixText.Failure) {
            return try MatrixText.series(response.body)
        } catch {
            throw Failure(description: "\(error)".excerpt)
        }
    }

    private func checkClock(_ response: HTTPResponse) throws(Failure) {
        let now = self.now()
        guard let date = response.header("Date").flatMap({ Timestamp(httpDate: $0, now: now) }),
            abs((date - now).inSeconds) > Self.clockTolerance.inSeconds
        else { return }
        throw Failure(description: "its clock says \(date), that of this host \(now)")
    }

    private func send(_ path: String) async throws(Failure) -> HTTPResponse {
        var headers = [HTTPHeader("Accept", "application/json")]
        do throws(SecretError) {
            if let header = try authorization?.header() { headers.append(header) }
        } catch {
            throw Failure(description: error.description)
        }
        let request = HTTPRequest(
            url: "\(source.url)\(path)",
            headers: headers,
            timeout: source.timeout,
            maximumResponseBytes: Self.maximumResponseBytes,
            freshConnection: false
        )
        // A slow server does not delay the end of the process.
        let answer = await stop.race { [http] () async -> Result<HTTPResponse, HTTPError> in
            do throws(HTTPError) {
                return .success(try await http.send(request))
            } catch {
                return .failure(error)
            }
        }
        switch answer {
        case .success(let response): return response
        case .failure(let error):
            throw Failure(
                description: error.description,
                isTooLarge: error.kind == .responseTooLarge,
                isTimeout: error.kind == .timeout
            )
        case nil: throw Failure(description: "the agent is stopping")
        }
    }
}

extension EarlierSampleClient.Failure {
    /// 422 says that the query needs too many samples, 503 that it took too long.
    init(_ response: HTTPResponse) {
        var error = ""
        if response.body.count < 64 << 10, let body = try? JSONValue.parse(response.body) {
            error = body["error"]?.stringValue ?? ""
        }
        let text = error.excerpt
        description = "status \(response.status)" + (text.isEmpty ? "" : ": \(text)")
        isTooLarge = response.status == 422
        isTimeout = response.status == 503
    }
}
