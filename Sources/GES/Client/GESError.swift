package import HTTPClient
package import JSON
import Time

/// Why a request to the cloud gave no usable answer.
package indirect enum GESError: Error, Hashable, Sendable {
    /// There was no answer.
    case http(HTTPError)
    /// The service said what is wrong. The status may be any, 200 included.
    case api(ServiceFailure)
    /// 401 or 403.
    case unauthorised(ServiceFailure)
    /// 429. Without a failure nothing was sent: a pause that the service asked for still lasts, or the
    /// rate limit leaves no room in time.
    case throttled(ServiceFailure?, retryAfter: Duration?)
    /// A success by its status that is broken JSON.
    case malformed(status: Int, JSONError)
    /// A success by its status that is no JSON at all, such as a page of a proxy.
    case notJSON(status: Int)
    /// Sound JSON that does not say what was asked for.
    case unexpected(String)
    /// Nothing was sent, for want of credentials.
    case credentials(CredentialsError)
    /// Nothing was sent: the request cannot be put into a URL.
    case invalidArgument(String)
    /// Nothing was sent: the graph has no usable address of the kind to be asked at.
    case noAddress(graphID: String, DataPlaneConfiguration.Address)
}

/// What a service said about a failure.
package struct ServiceFailure: Hashable, Sendable {
    /// The HTTP status.
    package let status: Int
    /// Such as `GES.7016`; nil when the body says none, as with an error page of a proxy.
    package let code: String?
    package let message: String
    /// What the provider's support asks for.
    package let requestID: String?

    package init(status: Int, code: String?, message: String, requestID: String? = nil) {
        self.status = status
        self.code = code
        self.message = message
        self.requestID = requestID
    }
}

extension GESError {
    /// The value of the metric label `reason`.
    package var reason: String {
        switch self {
        case .http(let error): error.reason
        case .unauthorised: "auth"
        case .throttled: "throttled"
        case .api(let failure):
            switch failure.status {
            case 500...: "http_5xx"
            case 400...: "http_4xx"
            case 300...: "http_3xx"
            default: "api_error"
            }
        case .malformed, .notJSON, .unexpected: "parse"
        case .credentials(.unavailable(let cause)): cause.reason
        case .credentials: "auth"
        case .invalidArgument: "invalid"
        case .noAddress: "no_address"
        }
    }

    /// Such as `GES.7000`; nil when the failure has none.
    package var code: String? { failure?.code }

    package var failure: ServiceFailure? {
        switch self {
        case .api(let failure), .unauthorised(let failure): failure
        case .throttled(let failure, _): failure
        default: nil
        }
    }

    static let cancelled = GESError.http(
        HTTPError(.cancelled, requestMayHaveBeenSent: false, message: "the task was cancelled")
    )

    var isCancellation: Bool {
        if case .http(let error) = self { error.kind == .cancelled } else { false }
    }

    /// A success by its status only.
    var isUnusableSuccess: Bool {
        switch self {
        case .malformed, .notJSON, .unexpected: true
        case .api(let failure): failure.status < 300
        default: false
        }
    }

    /// The job is not known to the service (GES.8301, GES.7007): the graph's status must tell.
    package var saysJobIsUnknown: Bool { code == "GES.8301" || code == "GES.7007" }
}

extension GESError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .http(let error): "no answer: \(error)"
        case .api(let failure): "\(failure)"
        case .unauthorised(let failure):
            "\(failure); check the credentials and the permissions of the user"
        case .throttled(let failure, let retryAfter):
            "\(failure?.description ?? "the service asked for a pause")"
                + (retryAfter.map { "; retry after \($0.wholeMilliseconds / 1_000) s" } ?? "")
        case .malformed(let status, let error): "answer \(status): \(error)"
        case .notJSON(let status): "answer \(status): not JSON, so it is not from the service"
        case .unexpected(let message): message
        case .credentials(let error): "\(error)"
        case .invalidArgument(let message): message
        case .noAddress(let graphID, let kind):
            "graph \(graphID) has no \(kind.rawValue) address; see data_plane.address"
        }
    }
}

extension ServiceFailure: CustomStringConvertible {
    package var description: String {
        var text = "answer \(status)"
        if let code { text += " \(code)" }
        if !message.isEmpty { text += ": \(message)" }
        if let requestID { text += " (request \(requestID))" }
        return text
    }
}
