import CCurl
import Time

/// One request in flight: its easy handle with the options of this request, and the response
/// received so far. Used on the libcurl thread only.
final class CurlTransfer {
    let id: RequestTable.ID
    let easy: CurlEasy
    private var collector: ResponseCollector

    init(
        id: RequestTable.ID,
        easy: CurlEasy,
        request: HTTPRequest,
        deadline: ContinuousClock.Instant,
        configuration: HTTPClientConfiguration
    ) throws(HTTPError) {
        self.id = id
        self.easy = easy
        collector = ResponseCollector(
            maximumHeaderBytes: configuration.maximumResponseHeaderBytes,
            maximumBodyBytes: request.maximumResponseBytes
        )
        if !(easy.isPlainGet && request.isPlainGet) {
            easy.reset()
            try easy.setCallbacks()
            try Self.restrict(easy)
            try Self.configure(easy, configuration)
        }
        easy.isPlainGet = false
        try easy.setContext(self)
        try Self.apply(request, to: easy)
        easy.isPlainGet = request.isPlainGet
        // At least one millisecond: libcurl reads 0 as no timeout.
        let remaining = max(.milliseconds(1), ContinuousClock.now.duration(to: deadline))
        try easy.set(CURLOPT_TIMEOUT_MS, remaining.curlMilliseconds)
    }

    func receive(headerLine: UnsafeRawBufferPointer) -> Bool {
        unsafe collector.addHeaderLine(headerLine)
    }

    func receive(body: UnsafeRawBufferPointer) -> Bool { unsafe collector.addBody(body) }

    var connectionsOpened: Int { easy.number(CURLINFO_NUM_CONNECTS) }

    /// libcurl sets the pre-transfer time once the connection is ready for the request, and counts
    /// the bytes of the request head that it wrote. If both are zero, no byte was written.
    var mayHaveBeenSent: Bool {
        easy.number(CURLINFO_REQUEST_SIZE) > 0 || easy.offset(CURLINFO_PRETRANSFER_TIME_T) > 0
    }

    func outcome(_ code: CURLcode, queued: Duration) -> RequestTable.Outcome {
        guard code == CURLE_OK else { return .failure(error(code)) }
        let status = easy.number(CURLINFO_RESPONSE_CODE)
        // If the connection closes inside the headers or after an interim response, libcurl
        // reports success.
        guard !collector.isReadingHeaders, status >= 200 else {
            let place = collector.isReadingHeaders ? "inside the headers" : "after status \(status)"
            return .failure(
                HTTPError(
                    .cut,
                    requestMayHaveBeenSent: true,
                    message: "the connection ended \(place)"
                )
            )
        }
        return .success(
            HTTPResponse(
                status: status,
                headers: collector.headers,
                body: collector.body,
                duration: .microseconds(easy.offset(CURLINFO_TOTAL_TIME_T)),
                queued: queued,
                newConnections: connectionsOpened
            )
        )
    }

    private func error(_ code: CURLcode) -> HTTPError {
        if let overflow = collector.overflow {
            return HTTPError(.responseTooLarge, requestMayHaveBeenSent: true, message: overflow)
        }
        // libcurl limits a header line to 100 kB and reports a longer one as "out of memory".
        if code == CURLE_OUT_OF_MEMORY, collector.isReadingHeaders {
            return HTTPError(
                .responseTooLarge,
                requestMayHaveBeenSent: true,
                message: "a header line is too long"
            )
        }
        return CurlFailure.error(
            code,
            systemError: Int32(clamping: easy.number(CURLINFO_OS_ERRNO)),
            isConnected: easy.offset(CURLINFO_CONNECT_TIME_T) > 0,
            message: easy.message(for: code),
            sent: mayHaveBeenSent
        )
    }
}

// MARK: - Options

extension CurlTransfer {
    /// Sets the options that no configuration may change.
    private static func restrict(_ easy: CurlEasy) throws(HTTPError) {
        // Otherwise libcurl may use SIGALRM to time out name resolution.
        try easy.set(CURLOPT_NOSIGNAL, 1)
        try easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
        try easy.set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        try easy.set(CURLOPT_FOLLOWLOCATION, 0)
        try easy.set(CURLOPT_UNRESTRICTED_AUTH, 0)
        try easy.set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        try easy.set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        try easy.set(CURLOPT_SSL_VERIFYPEER, 1)
        try easy.set(CURLOPT_SSL_VERIFYHOST, 2)
        try easy.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        try easy.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        // The path sent must be the path that was signed, including any "/../".
        try easy.set(CURLOPT_PATH_AS_IS, 1)
        try easy.set(CURLOPT_ACCEPT_ENCODING, "")
        // Each handle has its own receive buffer. There may be hundreds, and most responses are
        // short.
        try easy.set(CURLOPT_BUFFERSIZE, 4096)
        // Otherwise removing a transfer waits for its name resolution, which blocks this thread and
        // every other request: ten seconds per name while the name server does not respond.
        try easy.set(CURLOPT_QUICK_EXIT, 1)
    }

    private static func configure(
        _ easy: CurlEasy,
        _ configuration: HTTPClientConfiguration
    ) throws(HTTPError) {
        try easy.set(CURLOPT_USERAGENT, configuration.userAgent)
        try easy.set(CURLOPT_CONNECTTIMEOUT_MS, configuration.connectTimeout.curlMilliseconds)
        try easy.set(CURLOPT_TCP_KEEPALIVE, 1)
        // NAT gateways drop idle connections after two minutes or more; do not reuse one that may
        // be gone.
        try easy.set(CURLOPT_MAXAGE_CONN, 110)
        try easy.set(CURLOPT_MAXLIFETIME_CONN, 3600)
        try easy.set(CURLOPT_DNS_CACHE_TIMEOUT, 60)
        if let caFile = configuration.caFile {
            try easy.set(CURLOPT_CAINFO, caFile)
            try easy.set(CURLOPT_CAPATH, nil)
            try easy.set(CURLOPT_CA_CACHE_TIMEOUT, 600)
        }
        if !configuration.verifiesServer {
            try easy.set(CURLOPT_SSL_VERIFYPEER, 0)
            try easy.set(CURLOPT_SSL_VERIFYHOST, 0)
        }
        if let key = configuration.pinnedPublicKey {
            try easy.set(CURLOPT_PINNEDPUBLICKEY, "sha256//\(key)")
        }
        if let certificate = configuration.clientCertificateFile {
            try easy.set(CURLOPT_SSLCERT, certificate)
            try easy.set(CURLOPT_SSLKEY, configuration.clientKeyFile ?? certificate)
        }
        // The empty string also disables the proxy variables of the environment.
        try easy.set(CURLOPT_PROXY, configuration.proxyURL ?? "")
        try easy.set(CURLOPT_NOPROXY, configuration.noProxy)
        try easy.set(CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))
        try easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    }

    private static func apply(
        _ request: HTTPRequest,
        to easy: CurlEasy
    ) throws(HTTPError) {
        try easy.set(CURLOPT_URL, request.url)
        try easy.set(headerLines: headerLines(request))
        // The Content-Length in a response to HEAD describes a body that is not sent.
        if request.method != .head {
            try easy.set(CURLOPT_MAXFILESIZE_LARGE, offset: request.maximumResponseBytes)
        }
        try easy.set(CURLOPT_FRESH_CONNECT, request.freshConnection ? 1 : 0)
        try easy.set(CURLOPT_FORBID_REUSE, request.freshConnection ? 1 : 0)
        switch (request.method, request.body) {
        case (.head, nil):
            try easy.set(CURLOPT_NOBODY, 1)
        case (.get, nil):
            try easy.set(CURLOPT_HTTPGET, 1)
        case (.delete, nil):
            try easy.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        case (_, let body):
            try easy.set(CURLOPT_POST, 1)
            try easy.set(body: body ?? [])
            try easy.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        }
    }

    /// Header lines in the notation of CURLOPT_HTTPHEADER: `Name:` removes a header that libcurl
    /// would add, `Name;` sends one with an empty value.
    private static func headerLines(_ request: HTTPRequest) -> [String] {
        var lines = request.headers.map { header in
            header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)"
        }
        // Otherwise libcurl waits for "100 Continue" before it sends a large body, and labels every
        // body application/x-www-form-urlencoded.
        lines.append("Expect:")
        if request.headers.first(named: "Content-Type") == nil { lines.append("Content-Type:") }
        return lines
    }
}

extension HTTPRequest {
    /// Whether its options differ only in values from those of any other such request.
    fileprivate var isPlainGet: Bool { method == .get && body == nil }
}

extension Duration {
    /// Milliseconds for a libcurl option. Rounded up, because libcurl reads 0 as no limit or as its
    /// default, and clamped to 24 days, the most that fits into 32 bits.
    fileprivate var curlMilliseconds: Int {
        Int(min(Int64(Int32.max), max(0, wholeMillisecondsRoundedUp)))
    }
}
