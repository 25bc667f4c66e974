import CCurl
import Glibc
import Time

/// The loop of the libcurl thread: take what callers want, let libcurl work, hand back what has
/// ended.
final class CurlWorker {
    private let configuration: HTTPClientConfiguration
    private let switchboard: Switchboard
    private let multi: CurlMulti
    private var transfers: [Switchboard.ID: CurlTransfer] = [:]
    /// Used again for their TLS sessions; never more than there were transfers at once.
    private var idleHandles: [CurlEasy] = []

    /// A wake-up may be lost (curl#22272), so no wait is longer than this.
    private static let longestPoll = Duration.seconds(1)

    init(configuration: HTTPClientConfiguration, switchboard: Switchboard) throws(HTTPError) {
        self.configuration = configuration
        self.switchboard = switchboard
        multi = try CurlMulti(configuration: configuration)
        switchboard.attach(multi.waker)
    }

    func run() {
        while let work = switchboard.nextWork() {
            do throws(HTTPError) {
                try step(work)
            } catch {
                // The multi handle itself failed; what it carries cannot be trusted any more. The
                // pause keeps a failure that lasts from taking a core.
                usleep(100_000)
                endAll { transfer in
                    HTTPError(
                        error.kind,
                        requestMayHaveBeenSent: transfer.mayHaveBeenSent,
                        message: error.message
                    )
                }
            }
        }
        endAll { .shutDown(sent: $0.mayHaveBeenSent) }
        switchboard.detach()
    }

    private func step(_ work: Switchboard.Work) throws(HTTPError) {
        for id in work.cancelled {
            guard let transfer = transfers[id] else { continue }
            end(transfer, .failure(.cancelled(sent: transfer.mayHaveBeenSent)))
        }
        for (id, request, deadline) in work.admitted {
            start(id, request, deadline: deadline)
        }
        try multi.perform()
        var hasEnded = false
        while let (transfer, code) = multi.nextCompleted() {
            hasEnded = true
            complete(transfer, code)
        }
        // An ended transfer makes room for one that waits.
        if !hasEnded { try multi.poll(milliseconds: pollTime(until: work.nextDeadline)) }
    }

    private func pollTime(until deadline: ContinuousClock.Instant?) -> Int32 {
        let remaining = deadline.map { ContinuousClock.now.duration(to: $0) } ?? Self.longestPoll
        let wait = max(.zero, min(remaining, Self.longestPoll))
        return Int32(clamping: wait.wholeMillisecondsRoundedUp)
    }

    private func start(
        _ id: Switchboard.ID,
        _ request: HTTPRequest,
        deadline: ContinuousClock.Instant
    ) {
        do throws(HTTPError) {
            let transfer = try CurlTransfer(
                id: id,
                easy: takeHandle(),
                request: request,
                deadline: deadline,
                configuration: configuration
            )
            try multi.add(transfer)
            transfers[id] = transfer
        } catch {
            let refused = HTTPError(
                error.kind,
                requestMayHaveBeenSent: false,
                message: error.message
            )
            switchboard.finish(id, connectionsOpened: 0) { _ in .failure(refused) }
        }
    }

    private func takeHandle() throws(HTTPError) -> CurlEasy {
        if let easy = idleHandles.popLast() { return easy }
        return try CurlEasy()
    }

    private func complete(_ transfer: CurlTransfer, _ code: CURLcode) {
        finish(transfer) { transfer.answer(code, queued: $0) }
    }

    private func end(_ transfer: CurlTransfer, _ answer: Switchboard.Answer) {
        finish(transfer) { _ in answer }
    }

    /// The handle leaves the multi before anything else happens to it.
    private func finish(
        _ transfer: CurlTransfer,
        _ answer: (_ queued: Duration) -> Switchboard.Answer
    ) {
        multi.remove(transfer)
        transfers[transfer.id] = nil
        switchboard.finish(
            transfer.id,
            connectionsOpened: transfer.connectionsOpened,
            answer
        )
        transfer.easy.reset()
        idleHandles.append(transfer.easy)
    }

    private func endAll(_ error: (CurlTransfer) -> HTTPError) {
        for transfer in transfers.values {
            end(transfer, .failure(error(transfer)))
        }
    }
}
