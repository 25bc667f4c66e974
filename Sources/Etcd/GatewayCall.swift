import HTTPClient
import JSON

/// The progress of one call through the endpoints.
struct GatewayCall {
    let request: GatewayRequest
    /// In elapsed time.
    let deadline: Duration
    var endpoint = ""
    /// Including the current one.
    var endpointsLeft = 1
    private var failures: [String] = []
    private var mayHaveBeenDone = false

    init(request: GatewayRequest, deadline: Duration) {
        self.request = request
        self.deadline = deadline
    }

    /// A request that is sent only once may use all the time that is left. Others leave time for
    /// the next endpoints.
    func limit(for request: GatewayRequest, at now: Duration) -> Duration? {
        guard now < deadline else { return nil }
        return request.isRepeatable ? (deadline - now) / endpointsLeft : deadline - now
    }

    mutating func failed(_ reason: String, mayHaveBeenDone: Bool) {
        failures.append("\(endpoint): \(reason)")
        if mayHaveBeenDone { self.mayHaveBeenDone = true }
    }

    var mayContinue: Bool { request.isRepeatable || !mayHaveBeenDone }

    private var leavesDoubt: Bool { mayHaveBeenDone && request.changesState }

    /// After the last endpoint.
    var error: EtcdError {
        let all = failures.joined(separator: "; ")
        return leavesDoubt ? .outcomeUnknown(all) : .unreachable(all)
    }

    /// A refusal says nothing of an earlier endpoint that may have carried the request out.
    func error(_ refusal: EtcdError) -> EtcdError {
        guard leavesDoubt, !refusal.mayHaveBeenCarriedOut else { return refusal }
        return .outcomeUnknown((failures + ["\(endpoint): \(refusal)"]).joined(separator: "; "))
    }
}

extension GatewayRequest {
    func http(to endpoint: String, token: String?, timeout: Duration) throws(HTTPError)
        -> HTTPRequest
    {
        let bytes: [UInt8]
        do {
            bytes = try body.serialized()
        } catch {
            throw HTTPError(.invalidRequest, requestMayHaveBeenSent: false, message: "\(error)")
        }
        var headers = [
            HTTPHeader("Content-Type", "application/json"),
            // A member without a leader refuses at once instead of waiting for one.
            HTTPHeader("Grpc-Metadata-Hasleader", "true"),
        ]
        if let token { headers.append(HTTPHeader("Authorization", token)) }
        return HTTPRequest(
            .post,
            url: endpoint + path,
            headers: headers,
            body: bytes,
            timeout: timeout,
            maximumResponseBytes: maximumAnswerBytes,
            // libcurl may repeat a request on a connection that it reuses.
            freshConnection: !isRepeatable
        )
    }
}

/// The JSON in the body of a response.
enum GatewayBody {
    /// What a transaction may read: the records of ten thousand graphs.
    static let maximumBytes = 64 << 20
    private static let limits = JSONLimits(maximumBytes: maximumBytes)

    /// nil if it is not JSON. Of a stream, the first answer is taken.
    static func value(_ body: [UInt8], isStream: Bool) -> JSONValue? {
        if let value = try? JSONValue.parse(body, limits: limits) { return value }
        guard isStream else { return nil }
        let line = body.split(separator: UInt8(ascii: "\n"), maxSplits: 1).first ?? []
        return try? JSONValue.parse(Array(line), limits: limits)
    }
}
