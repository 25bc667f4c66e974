package import HTTPClient
import JSON
import Synchronization
package import Time

/// Passes requests on unchanged, and tells the report of the assumptions what came of each.
package final class ExchangeLog: Sendable {
    private let content: Mutex<AssumptionReport>
    private let clock: AgentClock

    package init(_ report: AssumptionReport, clock: AgentClock) {
        content = Mutex(report)
        self.clock = clock
    }

    package var report: AssumptionReport { content.withLock { $0 } }

    /// Says which graph is rehearsed.
    package func follow(_ graphID: String, named name: String) {
        content.withLock { $0.follow(graphID, named: name) }
    }

    /// Says how long the restart may take.
    package func expect(within timeout: Duration) {
        content.withLock { $0.expect(within: timeout) }
    }

    /// Goes on with a restart that an earlier process has sent.
    package func adopt(sentAt: Timestamp, jobID: String?) {
        content.withLock { $0.adopt(sentAt: sentAt, jobID: jobID) }
    }

    package func observing(_ transport: any HTTPTransport) -> any HTTPTransport {
        ObservedTransport(base: transport, log: self)
    }

    /// Larger bodies are not looked at: listings of large fleets come with every poll.
    private static let limits = JSONLimits(maximumBytes: 1 << 20, maximumValues: 100_000)

    private func note(_ exchange: ObservedExchange) {
        content.withLock { $0.observe(exchange) }
    }

    private struct ObservedTransport: HTTPTransport {
        let base: any HTTPTransport
        let log: ExchangeLog

        func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
            let operation = ObservedOperation(request.method, url: request.url)
            let (at, began) = (log.clock.now(), log.clock.elapsed())
            let result: Result<HTTPResponse, HTTPError>
            do throws(HTTPError) {
                result = .success(try await base.send(request))
            } catch {
                result = .failure(error)
            }
            log.note(
                ObservedExchange(
                    operation,
                    isEncrypted: request.url.hasPrefix("https:"),
                    at: at,
                    duration: log.clock.elapsed() - began,
                    result.map {
                        ExchangeLog.answer(
                            $0,
                            to: operation,
                            hiding: EchoedSecrets(request.headers)
                        )
                    }
                )
            )
            return try result.get()
        }
    }

    /// Answers to anything else, such as requests for tokens, are not looked at.
    private static func answer(
        _ response: HTTPResponse,
        to operation: ObservedOperation,
        hiding secrets: EchoedSecrets
    ) -> ObservedExchange.Answer {
        let body =
            operation == .other ? nil : try? JSONValue.parse(response.body, limits: limits)
        return ObservedExchange.Answer(
            status: response.status,
            headers: response.headers.map {
                HTTPHeader(secrets.hidden(in: $0.name), secrets.hidden(in: $0.value))
            },
            body: body.map(secrets.hidden(in:)),
            isUnreadable: body == nil && !response.body.isEmpty
        )
    }
}
