import CCurl
import Time

/// One request under way. Made, used and ended on the libcurl thread.
final class CurlTransfer {
    let id: Switchboard.ID
    let easy: CurlEasy
    private var collector: ResponseCollector

    init(
        id: Switchboard.ID,
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
        easy.reset()
        try easy.setCallbacks(for: self)
        try Self.restrict(easy)
        try Self.configure(easy, configuration)
        try Self.describe(request, on: easy)
        // No time left is still one attempt of a millisecond: 0 would mean no limit.
        let remaining = max(.milliseconds(1), ContinuousClock.now.duration(to: deadline))
        try easy.set(CURLOPT_TIMEOUT_MS, remaining.curlMilliseconds)
    }

    func receive(headerLine: [UInt8]) -> Bool { collector.addHeaderLine(headerLine) }
    func receive(body: [UInt8]) -> Bool { collector.addBody(body) }

    var connectionsOpened: Int { easy.number(CURLINFO_NUM_CONNECTS) }

    /// libcurl stamps the pre-transfer time when the connection is ready and it turns to the
    /// request, and counts every byte of the request's head. Both zero: nothing was written.
    var mayHaveBeenSent: Bool {
        easy.number(CURLINFO_REQUEST_SIZE) > 0 || easy.offset(CURLINFO_PRETRANSFER_TIME_T) > 0
    }

    func answer(_ code: CURLcode, queued: Duration) -> Switchboard.Answer {
        guard code == CURLE_OK else { return .failure(error(code)) }
        let status = easy.number(CURLINFO_RESPONSE_CODE)
        // libcurl takes the end of the connection for the end of the headers.
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
        // libcurl bounds a single header line by 100 kB and calls a longer one "out of memory".
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
            message: easy.message(for: code),
            sent: mayHaveBeenSent
        )
    }
}

// MARK: - Options

extension CurlTransfer {
    /// What no configuration may change.
    private static func restrict(_ easy: CurlEasy) throws(HTTPError) {
        // Signals are the process's, not ours: without this libcurl uses SIGALRM for name
        // resolution.
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
        // The path that was signed is the path that must be sent, with its "/../" if it has one.
        try easy.set(CURLOPT_PATH_AS_IS, 1)
        try easy.set(CURLOPT_ACCEPT_ENCODING, "")
        // Of hundreds of handles each has a buffer for receiving, and most answers are short.
        try easy.set(CURLOPT_BUFFERSIZE, 4096)
        // Without this, ending a transfer waits for its name resolution, and with it this thread
        // and every other request: ten seconds for one name when the name server is silent.
        try easy.set(CURLOPT_QUICK_EXIT, 1)
    }

    private static func configure(
        _ easy: CurlEasy,
        _ configuration: HTTPClientConfiguration
    ) throws(HTTPError) {
        try easy.set(CURLOPT_USERAGENT, configuration.userAgent)
        try easy.set(CURLOPT_CONNECTTIMEOUT_MS, configuration.connectTimeout.curlMilliseconds)
        try easy.set(CURLOPT_TCP_KEEPALIVE, 1)
        // Gateways and NAT forget idle connections after two minutes or more.
        try easy.set(CURLOPT_MAXAGE_CONN, 110)
        try easy.set(CURLOPT_MAXLIFETIME_CONN, 3600)
        try easy.set(CURLOPT_DNS_CACHE_TIMEOUT, 60)
        if let caFile = configuration.caFile {
            try easy.set(CURLOPT_CAINFO, caFile)
            try easy.set(CURLOPT_CAPATH, nil)
            try easy.set(CURLOPT_CA_CACHE_TIMEOUT, 600)
        }
        // The empty string also switches off the proxy variables of the environment.
        try easy.set(CURLOPT_PROXY, configuration.proxyURL ?? "")
        try easy.set(CURLOPT_NOPROXY, configuration.noProxy)
        try easy.set(CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))
        try easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    }

    private static func describe(
        _ request: HTTPRequest,
        on easy: CurlEasy
    ) throws(HTTPError) {
        try easy.set(CURLOPT_URL, request.url)
        try easy.set(headerLines: headerLines(request))
        // The length that answers HEAD is of a body that does not follow.
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

    /// libcurl's notation: `Name:` removes a header that it would add, `Name;` sends an empty one.
    private static func headerLines(_ request: HTTPRequest) -> [String] {
        var lines = request.headers.map { header in
            header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)"
        }
        // libcurl would wait for "100 Continue", and would call every body a form.
        lines.append("Expect:")
        if request.headers.first(named: "Content-Type") == nil { lines.append("Content-Type:") }
        return lines
    }
}

extension Duration {
    /// For an option of libcurl, which reads 0 as no limit or as its default: rounded up, and within
    /// what libcurl can count (24 days).
    fileprivate var curlMilliseconds: Int {
        Int(min(Int64(Int32.max), max(0, wholeMillisecondsRoundedUp)))
    }
}
