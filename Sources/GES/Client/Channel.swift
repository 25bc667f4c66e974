import HTTPClient
import Synchronization

/// Sends single requests, paced and observed. It neither adds credentials nor retries: a retry
/// inside a channel could repeat a restart.
final class Channel: Sendable {
    let clock: ClientClock
    let observer: any RequestObserver
    private let transport: any HTTPTransport
    let longestPause: Duration
    private let maximumWait: Duration
    private let pacers: Mutex<[Service: RequestPacer]>

    init(
        clock: ClientClock,
        observer: any RequestObserver,
        limits: [Service: ServiceRateLimit],
        maximumWait: Duration,
        longestPause: Duration,
        transport: any HTTPTransport
    ) {
        self.clock = clock
        self.observer = observer
        self.transport = transport
        self.maximumWait = maximumWait
        self.longestPause = longestPause
        pacers = Mutex(
            limits.mapValues { RequestPacer(limit: $0, longestPause: longestPause) }
        )
    }

    /// Returns the response, whatever its status. Throws if there is none.
    func send(
        _ call: ServiceCall,
        authorisation: [HTTPHeader] = []
    ) async throws(GESError) -> ServiceAnswer {
        try await waitForTurn(call)
        let request = HTTPRequest(
            call.method,
            url: call.url.description,
            headers: call.headers + call.contentTypeHeader + authorisation,
            body: call.body,
            timeout: call.timeout,
            maximumResponseBytes: call.maximumResponseBytes,
            freshConnection: call.freshConnection
        )
        let start = clock.elapsed()
        do throws(HTTPError) {
            let answer = ServiceAnswer(
                try await transport.send(request),
                sent: SentSecrets(headers: call.headers + authorisation, others: call.secrets)
            )
            report(
                call,
                .answered(status: answer.status),
                since: start,
                newConnections: answer.response.newConnections
            )
            notePace(call, answer)
            return answer
        } catch {
            report(call, .failed(reason: error.reason), since: start, newConnections: 0)
            throw .http(error)
        }
    }

    private func waitForTurn(_ call: ServiceCall) async throws(GESError) {
        let turn = change(call.service) {
            $0.turn(
                at: clock.elapsed(),
                maximumWait: maximumWait,
                skipsQueue: call.isAction
            )
        }
        switch turn {
        case .refused(let wait): throw .throttled(nil, retryAfter: wait)
        case .after(.zero): return
        case .after(let wait):
            do {
                try await clock.sleep(wait)
            } catch {
                throw .cancelled
            }
            observer.throttleWaited(call.service, for: wait)
        }
    }

    /// A 503 is a sign of overload only with `Retry-After`; without it, it is an outage.
    ///
    /// What an action is told concerns actions: their limit is their own, and an agent that read
    /// nothing meanwhile would be blind.
    private func notePace(_ call: ServiceCall, _ answer: ServiceAnswer) {
        guard !call.isAction else { return }
        let service = call.service
        let retryAfter = answer.retryAfter(now: clock.wall())
        if answer.status == 429 || answer.status == 503 && retryAfter != nil {
            change(service) { $0.throttled(at: clock.elapsed(), retryAfter: retryAfter) }
        } else if answer.status < 500 {
            change(service) { $0.answered(at: clock.elapsed()) }
        }
    }

    private func change<T>(_ service: Service, _ body: (inout RequestPacer) -> T) -> T {
        // Graphs are separate servers: a busy one must not delay requests to the others.
        guard service != .dataPlane else {
            var pacer = RequestPacer(limit: nil)
            return body(&pacer)
        }
        return pacers.withLock {
            body(&$0[service, default: RequestPacer(limit: nil, longestPause: longestPause)])
        }
    }

    private func report(
        _ call: ServiceCall,
        _ outcome: FinishedRequest.Outcome,
        since start: Duration,
        newConnections: Int
    ) {
        observer.requestFinished(
            FinishedRequest(
                service: call.service,
                operation: call.operation,
                outcome: outcome,
                duration: clock.elapsed() - start,
                newConnections: newConnections,
                isRepeated: call.isRepeated
            )
        )
    }
}

extension ServiceCall {
    fileprivate var contentTypeHeader: [HTTPHeader] {
        contentType.map { [HTTPHeader("Content-Type", $0)] } ?? []
    }
}
