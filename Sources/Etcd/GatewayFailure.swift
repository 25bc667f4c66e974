import HTTPClient
import JSON

/// What one endpoint's failure means for the call.
enum GatewayFailure: Error, Hashable {
    /// Another endpoint may do better.
    ///
    /// - Parameter mayHaveBeenDone: false only if it is certain that this endpoint did nothing.
    case endpoint(String, mayHaveBeenDone: Bool)
    /// Nothing was done. A new token may help.
    case token(String)
    /// Every endpoint would say the same.
    case final(EtcdError)
}

extension GatewayFailure {
    init(_ error: HTTPError, of request: GatewayRequest) {
        switch error.kind {
        case .invalidRequest: self = .final(.refused(code: 3, message: error.message))
        case .responseTooLarge where !request.changesState:
            self = .final(.answerTooLarge(error.message))
        case .cancelled where !error.requestMayHaveBeenSent || !request.changesState:
            self = .final(.cancelled)
        default:
            self = .endpoint(
                "\(error.reason): \(error.message)",
                mayHaveBeenDone: error.requestMayHaveBeenSent
            )
        }
    }

    /// nil if the response is an answer. Whether its members are right is for the caller to see.
    static func of(
        status: Int,
        _ value: JSONValue?,
        request: GatewayRequest
    ) -> GatewayFailure? {
        if let value, let refusal = GatewayRefusal(status: status, value) {
            return refusal.meaning(for: request)
        }
        if status == 200, value != nil { return nil }
        // Neither etcd nor a proxy forwards or carries out what it refuses with these. 408 and 499
        // are about a request on its way.
        let isRefused = (300..<500).contains(status) && ![408, 499].contains(status)
        let hint =
            status == 404 ? "; is this etcd 3.4 or newer, with its gRPC gateway enabled?" : ""
        return .endpoint(
            "status \(status) and not an answer of etcd\(hint)",
            mayHaveBeenDone: !isRefused
        )
    }
}

/// An error that etcd reports, in the format of any version: 3.4 and 3.5 repeat the message in
/// `error`, 3.6 leaves that out, and streams wrap everything in `error`.
struct GatewayRefusal: Hashable {
    let code: Int
    let message: String

    init?(status: Int, _ value: JSONValue) {
        let body = value["error"]?.objectValue == nil ? value : (value["error"] ?? .null)
        let text = body["message"]?.stringValue ?? body["error"]?.stringValue
        let code = body["code"]?.integerValue ?? body["grpc_code"]?.integerValue
        // A success has neither at its top level.
        guard text != nil || code != nil, status != 200 || value["error"] != nil else { return nil }
        self.code = code.flatMap { Int(exactly: $0) } ?? 2
        message = Self.shown(text ?? "no message")
    }

    /// Safe to log: one line of limited length.
    private static func shown(_ text: String) -> String {
        let line = text.unicodeScalars.prefix(300).map { scalar in
            scalar.value < 0x20 || scalar.value == 0x7F ? " " : Character(scalar)
        }
        return String(line)
    }

    /// Decided by the message where etcd's versions use different codes for it.
    func meaning(for request: GatewayRequest) -> GatewayFailure {
        if says(Self.staleTokens) || code == 16 { return .token(message) }
        if says(["database space exceeded"]) { return .final(.noSpace) }
        if says(["invalid user ID or password"]) { return .final(.unauthenticated(message)) }
        if says(["larger than max"]) { return tooLarge(request) }
        if says(Self.notTried) { return .endpoint(message, mayHaveBeenDone: false) }
        // Another service behind the address may answer so too, and know nothing of etcd.
        if code == 5 || code == 12, !says(["etcdserver:", "lease not found"]) {
            return .endpoint("\(message) (code \(code))", mayHaveBeenDone: false)
        }
        switch code {
        case 3, 5, 6, 7, 9, 11, 12, 15: return .final(.refused(code: code, message: message))
        // 14 unavailable, 4 deadline, 1 cancelled, 13 internal, 2 unknown, 8 exhausted.
        default: return .endpoint("\(message) (code \(code))", mayHaveBeenDone: true)
        }
    }

    /// gRPC says the same of a request that it did not accept and of an answer that it could not
    /// pass on.
    private func tooLarge(_ request: GatewayRequest) -> GatewayFailure {
        if !request.changesState { return .final(.answerTooLarge(message)) }
        // The gateway's JSON is larger than the message that it becomes.
        let limit = 3 << 19
        guard let size = try? request.body.serialized().count, size > limit else {
            return .endpoint(message, mayHaveBeenDone: true)
        }
        return .final(.refused(code: code, message: message))
    }

    private func says(_ phrases: [String]) -> Bool {
        let lowercased = message.lowercased()
        return phrases.contains { lowercased.contains($0.lowercased()) }
    }

    private static let staleTokens = [
        "invalid auth token", "user name is empty", "revision of auth store is old",
        "revision in header is old",
    ]

    /// What a member says before it proposes anything to the cluster, and what the gateway says if
    /// it could not connect to the member that it belongs to.
    private static let notTried = [
        "etcdserver: no leader", "too many requests", "not supported for learner", "not capable",
        "raft proposal dropped", "all SubConns are in TransientFailure", "while dialing",
        "authentication handshake failed", "failed to write client preface",
    ]
}
