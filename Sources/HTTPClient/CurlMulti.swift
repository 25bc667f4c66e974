import CCurl

/// The multi handle: connections, their limits, and the transfers in flight.
///
/// Safe although it holds a C pointer: only the libcurl thread uses the handle once it runs, and
/// `deinit` frees it once, after the last transfer was removed.
@safe
final class CurlMulti {
    private let handle: UnsafeMutableRawPointer
    private let sockets: CurlSockets

    /// libcurl must be initialised once, before any thread uses it; Swift initialises a static
    /// property exactly once.
    private static let initialisation = curl_global_init(ccurl_global_default)

    init(configuration: HTTPClientConfiguration) throws(HTTPError) {
        sockets = try CurlSockets()
        guard Self.initialisation == CURLE_OK, let handle = unsafe curl_multi_init() else {
            throw CurlEasy.outOfMemory
        }
        unsafe self.handle = handle
        unsafe sockets.attach(to: handle)
        let total = configuration.maximumConnections
        unsafe ccurl_multi_set_long(handle, CURLMOPT_MAXCONNECTS, total)
        unsafe ccurl_multi_set_long(handle, CURLMOPT_MAX_TOTAL_CONNECTIONS, total)
        unsafe ccurl_multi_set_long(
            handle,
            CURLMOPT_MAX_HOST_CONNECTIONS,
            configuration.maximumConnectionsPerHost
        )
    }

    deinit {
        unsafe curl_multi_cleanup(handle)
    }

    var waker: CurlWaker { sockets.waker }

    func add(_ transfer: CurlTransfer) throws(HTTPError) {
        let code = unsafe transfer.easy.add(to: handle)
        guard code == CURLM_OK else { throw Self.error(code) }
    }

    func remove(_ transfer: CurlTransfer) {
        unsafe transfer.easy.remove(from: handle)
    }

    /// Waits until a transfer can advance, another thread wakes this one, or the time has passed,
    /// and advances the transfers that can.
    func advance(within limit: Duration) throws(HTTPError) {
        let ready = sockets.wait(limit)
        if ready.isDue { try act(on: CURL_SOCKET_BAD, 0) }
        for (socket, events) in ready.sockets { try act(on: socket, events) }
    }

    /// - Parameter socket: `CURL_SOCKET_BAD`, which is `CURL_SOCKET_TIMEOUT`, for the timer.
    private func act(on socket: Int32, _ events: Int32) throws(HTTPError) {
        var running: Int32 = 0
        let code = unsafe curl_multi_socket_action(handle, socket, events, &running)
        guard code == CURLM_OK else { throw Self.error(code) }
    }

    /// Returns a transfer that has ended. The caller must remove it before the next call.
    func nextCompleted() -> (transfer: CurlTransfer, code: CURLcode)? {
        var remaining: Int32 = 0
        while let message = unsafe curl_multi_info_read(handle, &remaining) {
            guard unsafe message.pointee.msg == CURLMSG_DONE,
                let transfer = unsafe CurlEasy.transfer(of: message.pointee.easy_handle)
            else { continue }
            return (transfer, unsafe ccurl_message_result(message))
        }
        return nil
    }

    private static func error(_ code: CURLMcode) -> HTTPError {
        let text = unsafe String(cString: curl_multi_strerror(code))
        return HTTPError(.other, requestMayHaveBeenSent: true, message: "libcurl: \(text)")
    }
}

/// Parses URLs with libcurl's parser, so that the origin we check is the one libcurl connects to.
enum CurlURL {
    static func origin(of url: String) throws(HTTPError) -> Origin {
        guard let handle = unsafe curl_url() else { throw CurlEasy.outOfMemory }
        defer { unsafe curl_url_cleanup(handle) }
        let flags = UInt32(CURLU_DISALLOW_USER)
        guard unsafe curl_url_set(handle, CURLUPART_URL, url, flags) == CURLUE_OK,
            let scheme = unsafe part(handle, CURLUPART_SCHEME)?.lowercased(),
            let host = unsafe part(handle, CURLUPART_HOST)?.lowercased(),
            let port = unsafe part(handle, CURLUPART_PORT, UInt32(CURLU_DEFAULT_PORT))
        else {
            throw RequestCheck.invalid(
                "the URL is malformed, not absolute, or contains a user name"
            )
        }
        guard scheme == "http" || scheme == "https", let port = Int(port) else {
            throw RequestCheck.invalid("the scheme \(scheme) is neither http nor https")
        }
        return Origin(scheme: scheme, host: host, port: port)
    }

    private static func part(
        _ handle: OpaquePointer,
        _ part: CURLUPart,
        _ flags: UInt32 = 0
    ) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard unsafe curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text = unsafe text
        else { return nil }
        defer { unsafe curl_free(text) }
        return unsafe String(cString: text)
    }
}
