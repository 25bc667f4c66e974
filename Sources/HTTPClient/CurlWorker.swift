import CCurl
import Glibc
import Time

/// The loop of the libcurl thread: take new requests and cancellations from the table, let libcurl
/// work, and report the requests that have ended.
///
/// The only owner of libcurl handles; everything but `init` runs on that thread.
final class CurlWorker {
    private let configuration: HTTPClientConfiguration
    private let table: RequestTable
    private let multi: CurlMulti
    private var transfers: [RequestTable.ID: CurlTransfer] = [:]
    /// Kept for reuse, because they hold TLS sessions.
    private var idleHandles: [CurlEasy] = []
    /// A handle with its buffers takes some 10 kB. Polls come every half minute, so keeping one for
    /// each of hundreds of concurrent transfers would cost more memory than it saves time.
    private static let maximumIdleHandles = 32

    /// The longest wait for traffic.
    private static let longestWait = Duration.seconds(1)

    init(configuration: HTTPClientConfiguration, table: RequestTable) throws(HTTPError) {
        self.configuration = configuration
        self.table = table
        multi = try CurlMulti(configuration: configuration)
        table.attach(multi.waker)
    }

    func run() {
        while let work = table.nextWork() {
            do throws(HTTPError) {
                try step(work)
            } catch {
                // The multi handle itself failed, so none of its transfers can be trusted. The
                // pause keeps a persistent failure from using a whole core.
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
        table.detach()
    }

    private func step(_ work: RequestTable.Work) throws(HTTPError) {
        table.finish(
            work.cancelled.compactMap { transfers[$0] }.map { transfer in
                end(transfer) { _ in .failure(.cancelled(sent: transfer.mayHaveBeenSent)) }
            }
        )
        for (id, request, deadline) in work.admitted {
            start(id, request, deadline: deadline)
        }
        try multi.advance(within: wait(until: work.nextDeadline))
        var ended: [RequestTable.Ended] = []
        while let (transfer, code) = multi.nextCompleted() {
            let isReusable = code == CURLE_OK
            ended.append(end(transfer, isReusable) { transfer.outcome(code, queued: $0) })
        }
        if !ended.isEmpty { table.finish(ended) }
    }

    private func wait(until deadline: ContinuousClock.Instant?) -> Duration {
        let rest = deadline.map { ContinuousClock.now.duration(to: $0) } ?? Self.longestWait
        return max(.zero, min(rest, Self.longestWait))
    }

    private func start(
        _ id: RequestTable.ID,
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
            let notSent = HTTPError(
                error.kind,
                requestMayHaveBeenSent: false,
                message: error.message
            )
            table.finish([.init(id: id, connectionsOpened: 0) { _ in .failure(notSent) }])
        }
    }

    private func takeHandle() throws(HTTPError) -> CurlEasy {
        if let easy = idleHandles.popLast() { return easy }
        return try CurlEasy()
    }

    /// The easy handle must leave the multi handle before it is reset or reused. `outcome` reads
    /// the results from it, so pass the returned value to `finish` before another transfer starts.
    ///
    /// - Parameter isReusable: false for a handle whose transfer did not complete. It may keep its
    ///   receive buffer, and libcurl then refuses to set the size of it for the next one.
    private func end(
        _ transfer: CurlTransfer,
        _ isReusable: Bool = false,
        _ outcome: @escaping (_ queued: Duration) -> RequestTable.Outcome
    ) -> RequestTable.Ended {
        multi.remove(transfer)
        transfers[transfer.id] = nil
        if isReusable, idleHandles.count < Self.maximumIdleHandles {
            idleHandles.append(transfer.easy)
        }
        return RequestTable.Ended(
            id: transfer.id,
            connectionsOpened: transfer.connectionsOpened,
            outcome: outcome
        )
    }

    private func endAll(_ error: (CurlTransfer) -> HTTPError) {
        table.finish(
            transfers.values.map { transfer in
                let error = error(transfer)
                return end(transfer) { _ in .failure(error) }
            }
        )
    }
}
