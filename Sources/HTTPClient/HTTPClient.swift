// HTTPClient sends HTTP requests over libcurl. It owns connections, TLS and deadlines, and tells
// callers whether a failed request may have reached the server. It knows nothing of GES and never
// decides to retry: whether a request may be repeated is for its caller to say.

/// An HTTP client on one libcurl multi handle.
///
/// One thread owns all libcurl handles (`CurlWorker`). Callers on any thread add requests to the
/// `RequestTable` and suspend until that thread resumes them.
///
/// The client follows no redirects, because libcurl would send `X-Auth-Token` to the new host. It
/// stores no cookies and always verifies certificates.
package final class HTTPClient: Sendable {
    private let table: RequestTable
    private let thread: CurlThread

    /// Throws if the CA file cannot be read or the thread cannot be created.
    package init(configuration: HTTPClientConfiguration = .init()) throws(HTTPError) {
        let table = RequestTable(configuration: configuration)
        self.table = table
        thread = try CurlThread(configuration: configuration, table: table)
    }

    deinit {
        shutdown()
    }

    /// Waits for a connection, sends the request and returns the complete response. If the task is
    /// cancelled, the transfer is aborted and its connection closed.
    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let origin = try RequestCheck.origin(of: request)
        guard !Task.isCancelled else { throw .cancelled(sent: false) }
        let id = table.nextID()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                table.enqueue(id, request, origin: origin, continuation)
                // A cancellation that arrived before `enqueue` found no entry to cancel.
                if Task.isCancelled { table.cancel(id) }
            }
        } onCancel: {
            table.cancel(id)
        }
        return try result.get()
    }

    package var statistics: HTTPClientStatistics { table.statistics }

    /// Fails every request, queued or in flight, and returns once the thread has ended. Takes only
    /// as long as closing the connections. Idempotent.
    package func shutdown() {
        table.stop()
        thread.join()
    }
}
