import Foundation
import HTTPClient

/// Answers each request as the test says, and keeps what was sent.
actor ScriptedTransport: HTTPTransport {
    typealias Script = @Sendable (HTTPRequest) throws(HTTPError) -> HTTPResponse

    private(set) var requests: [HTTPRequest] = []
    private let script: Script

    init(_ script: @escaping Script) {
        self.script = script
    }

    /// Gives the same answer to every request.
    init(status: Int = 200, _ body: String) {
        script = { _ in .status(status, body) }
    }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        requests.append(request)
        return try script(request)
    }

    /// The endpoints in the order of the requests, without the scheme.
    var hosts: [String] {
        requests.map { String($0.url.split(separator: "/")[1]) }
    }
}

extension HTTPResponse {
    static func ok(_ body: String) -> HTTPResponse {
        status(200, body)
    }

    static func status(_ status: Int, _ body: String) -> HTTPResponse {
        HTTPResponse(status: status, headers: [], body: Array(body.utf8))
    }
}

extension HTTPError {
    static let refused = HTTPError(.connect, requestMayHaveBeenSent: false, message: "refused")
    static let lost = HTTPError(.timeout, requestMayHaveBeenSent: true, message: "no answer")
}

/// Answers of etcd.
enum Sample {
    static let header = #""header":{"cluster_id":"7","member_id":"1","revision":"5"}"#
    static let putResponse = #"{"response_put":{}}"#
    static let put = success(putResponse)
    static let grant = #"{\#(header),"ID":"9","TTL":"30"}"#
    static let noLeader = #"{"error":"etcdserver: no leader","code":14}"#

    static func success(_ responses: String...) -> String {
        #"{\#(header),"succeeded":true,"responses":[\#(responses.joined(separator: ","))]}"#
    }

    /// - Parameter members: further ones, each after a comma.
    static func range(_ keys: [String], _ members: String = "") -> String {
        let keyValues = keys.map { key in
            let key = Data(key.utf8).base64EncodedString()
            return #"{"key":"\#(key)","create_revision":"1","mod_revision":"1"}"#
        }
        return #"{"response_range":{"kvs":[\#(keyValues.joined(separator: ","))]\#(members)}}"#
    }
}
