package import HTTPClient
package import JSON
import Time

/// Why a request to the cloud did not produce a usable response.
package indirect enum GESError: Error, Hashable, Sendable {
    /// There was no response.
    case http(HTTPError)
    /// The service reported an error. The status may be any, including 200.
    case api(ServiceFailure)
    /// 401 or 403.
    case unauthorised(ServiceFailure)
    /// 429. Without a `ServiceFailure`, nothing was sent: a pause requested by the service is still
    /// in force, or the wait for the rate limit would be too long.
    case throttled(ServiceFailure?, retryAfter: Duration?)
    /// A success status with invalid JSON.
    case malformed(status: Int, JSONError)
    /// A success status with a body that is not JSON at all, such as a proxy's page.
    case notJSON(status: Int)
    /// Valid JSON with unexpected content.
    case unexpected(String)
    /// Not sent: there are no credentials.
    case credentials(CredentialsError)
    /// Not sent: the arguments cannot be put into a URL.
    case invalidArgument(String)
    /// Not sent: what the action rests on has ended, as this text says.
    case withdrawn(String)
    /// Not sent: the graph has no usable address of the configured kind.
    case noAddress(graphID: String, DataPlaneConfiguration.Address)
    /// Not sent: credentials must not be sent to the addresses of the graph.
    case refusedAddress(graphID: String, AddressRefusal)
}

/// An error reported by a service. Secrets that the request carried are already hidden.
package struct ServiceFailure: Hashable, Sendable {
    /// The HTTP status.
    package let status: Int
    /// Such as `GES.7016`; nil if the body has none, as in an error page of a proxy.
    package let code: String?
    package let message: String
    /// The request ID, for the provider's support.
    package let requestID: String?

    package init(status: Int, code: String?, message: String, requestID: String? = nil) {
        self.status = status
        self.code = code
        self.message = message
        self.requestID = requestID
    }
}

extension GESError {
    /// The value of the metric label `reason`; one of a fixed set.
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
        case .withdrawn: "withdrawn"
        case .noAddress: "no_address"
        case .refusedAddress: "refused_address"
        }
    }

    /// Whether the service answered with a success that cannot be read.
    package var hidesAnswer: Bool { isUnusableSuccess || isTooLarge }

    package var isTooLarge: Bool { reason == "too_large" }

    /// Such as `GES.7000`; nil if there is none.
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

    package var isCancellation: Bool {
        if case .http(let error) = self { error.kind == .cancelled } else { false }
    }

    /// Whether the status is a success but the response is unusable. Metrics by status would show
    /// it as a success, so it is counted separately.
    var isUnusableSuccess: Bool {
        switch self {
        case .malformed, .notJSON, .unexpected: true
        case .api(let failure): failure.status < 300
        default: false
        }
    }

    /// The service does not know the job (GES.8301, GES.7007). It may still have been executed: the
    /// service keeps jobs for a month only.
    /// Whether the service says that the graph does not exist or was deleted.
    package var saysGraphIsGone: Bool {
        if code == "GES.7000" { return true }
        if case .api(let failure) = self { return failure.status == 404 && code != nil }
        return false
    }

    package var saysJobIsUnknown: Bool { code == "GES.8301" || code == "GES.7007" }
}

extension GESError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .http(let error): "no response: \(error)"
        case .api(let failure): "\(failure)"
        case .unauthorised(let failure):
            "\(failure); check the credentials and the user's permissions"
        case .throttled(let failure, let retryAfter):
            "\(failure?.description ?? "throttled")"
                + (retryAfter.map { "; retry after \($0.wholeMilliseconds / 1_000) s" } ?? "")
        case .malformed(let status, let error): "response \(status): \(error)"
        case .notJSON(let status): "response \(status): not JSON, so not from the service"
        case .unexpected(let message): message
        case .credentials(let error): "\(error)"
        case .invalidArgument(let message), .withdrawn(let message): message
        case .noAddress(let graphID, let kind):
            "graph \(graphID) has no \(kind.rawValue) address; see data_plane.address"
        case .refusedAddress(let graphID, let refusal): "graph \(graphID): \(refusal)"
        }
    }
}

extension ServiceFailure: CustomStringConvertible {
    package var description: String {
        var text = "response \(status)"
        if let code { text += " \(code)" }
        if !message.isEmpty { text += ": \(message)" }
        if let requestID { text += " (request \(requestID))" }
        return text
    }
}
