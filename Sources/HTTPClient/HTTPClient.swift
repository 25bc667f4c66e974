/// HTTP over one libcurl multi handle.
///
/// This module owns connections, TLS and deadlines. One thread owns every handle of libcurl;
/// callers only put requests on the switchboard and wait. It never follows a redirect (libcurl
/// would send `X-Auth-Token` to the other host), never sends a request again on purpose, keeps no
/// cookies, and cannot be told to skip the verification of a certificate.
package final class HTTPClient: Sendable {
    private let switchboard: Switchboard
    private let thread: CurlThread

    /// Fails when the CA file cannot be read or the system gives no thread.
    package init(configuration: HTTPClientConfiguration = .init()) throws(HTTPError) {
        let switchboard = Switchboard(configuration: configuration)
        self.switchboard = switchboard
        thread = try CurlThread(configuration: configuration, switchboard: switchboard)
    }

    deinit {
        shutdown()
    }

    /// Waits for its turn, sends, and returns the whole answer. When the task is cancelled, the
    /// transfer is taken off its connection and the connection is closed.
    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let origin = try RequestCheck.origin(of: request)
        guard !Task.isCancelled else { throw .cancelled(sent: false) }
        let id = switchboard.nextID()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                switchboard.enqueue(id, request, origin: origin, continuation)
                // The task may have been cancelled just before there was anything to take back.
                if Task.isCancelled { switchboard.cancel(id) }
            }
        } onCancel: {
            switchboard.cancel(id)
        }
        return try result.get()
    }

    package var statistics: HTTPClientStatistics { switchboard.statistics }

    /// Fails every request, waiting or under way, and returns when the thread has ended. Takes no
    /// longer than closing the connections, and may be called again.
    package func shutdown() {
        switchboard.stop()
        thread.join()
    }
}
