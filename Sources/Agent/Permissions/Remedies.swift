import Configuration
import GES
import HTTPClient

/// What a person can change if a request to a graph fails.
struct Remedies {
    private let credentials: CredentialFiles
    private let route: DataPlaneRoute

    init(_ credentials: CredentialFiles, _ route: DataPlaneRoute) {
        self.credentials = credentials
        self.route = route
    }

    var credential: String {
        switch credentials {
        case .accessKey, .metadata:
            "the graph does not accept signatures, or not this key: use cloud.credentials.password,"
                + " which gives a token"
        case .password, .token:
            "the graph does not accept the token: the user needs a GES policy in this project"
        }
    }

    var network: String {
        "the security group of the graphs in \(route.network) must allow inbound TCP port"
            + " \(route.port) from this host, and a route must lead there"
    }

    var process: String {
        "the host answers and nothing listens on TCP port \(route.port): see"
            + " sampling.data_plane.port and scheme"
    }

    var path: String {
        route.scheme == "https"
            ? "see sampling.data_plane: ca_file, fingerprint and address"
            : "see sampling.data_plane: address, port and scheme"
    }
}

extension PermissionCheck {
    /// - Parameter action: the action of IAM that the request needs; empty for a credential.
    init(
        _ request: String,
        of target: String,
        failure error: GESError,
        _ action: String,
        _ duration: Duration
    ) {
        let permit =
            action.isEmpty
            ? "check the credentials" : "allow \(action) in the policy of the credential"
        let (verdict, remedy): (Verdict, String) =
            switch error {
            case .unauthorised: (.refused, permit)
            case .api(let failure) where failure.code == "GES.7041": (.refused, permit)
            case .credentials(.rejected):
                (.refused, "check the credentials: user, password, key or agency")
            case .credentials(.secret): (.unknown, "make the file readable for this user")
            case .credentials(.unavailable(let cause)) where cause.isOutOfReach:
                (.unreachable, "allow this host to reach the service over HTTPS")
            case .http where error.isOutOfReach:
                (.unreachable, "allow this host to reach the endpoint over HTTPS")
            default: (.unknown, "")
            }
        self.init(request, of: target, verdict, duration, "\(error)", remedy: remedy)
    }

    init(
        _ request: String,
        of target: String,
        _ result: ProbeResult,
        _ remedies: Remedies
    ) {
        let (verdict, remedy): (Verdict, String) =
            switch result {
            case .alive: (.ok, "")
            case .engineError: (.ok, "the engine of this graph does not work; its path does")
            case .silent(.timeout, _), .silent(.cut, _):
                (.unknown, "the path works, and the graph does not answer: try again later")
            case .silent(.refused, _): (.unreachable, remedies.process)
            case .silent(.notConnected, _): (.unreachable, remedies.network)
            case .cannotTell(.credential, _): (.refused, remedies.credential)
            case .cannotTell(.misdirected, _):
                (.unknown, "something at the address does not know the graph: see its address")
            case .cannotTell(.throttled, _): (.unknown, "try again later")
            case .cannotTell(.foreignAnswer, _):
                (.unknown, "something between here and the graph answers, such as a proxy")
            case .cannotTell(.unclear, _):
                (.unknown, "GES reports an error of its own: look at the graph in the console")
            case .cannotTell(.path, _): (.unknown, remedies.path)
            }
        let text = result.responder.map { "\(result.text) from \($0)" } ?? result.text
        self.init(request, of: target, verdict, result.duration, text, remedy: remedy)
    }

    init(
        _ request: String,
        of target: String,
        dataPlaneFailure error: GESError,
        _ duration: Duration,
        _ remedies: Remedies
    ) {
        let (verdict, remedy): (Verdict, String) =
            switch error {
            case .unauthorised: (.refused, remedies.credential)
            case .api(let failure) where failure.refusesCredential:
                (.refused, remedies.credential)
            case .http(let cause) where cause.connection == .timedOut:
                (.unreachable, remedies.network)
            case .http(let cause) where cause.connection == .refused:
                (.unreachable, remedies.process)
            case .http(let cause) where cause.kind == .tls: (.unknown, remedies.path)
            default: (.unknown, "")
            }
        self.init(request, of: target, verdict, duration, "\(error)", remedy: remedy)
    }
}

extension GESError {
    /// Whether no connection to the service was accepted.
    fileprivate var isOutOfReach: Bool {
        guard case .http(let cause) = self else { return false }
        return switch cause.connection {
        case .refused, .timedOut, .noRoute: true
        default: false
        }
    }
}

extension ServiceFailure {
    /// By the error codes of the service plane.
    fileprivate var refusesCredential: Bool {
        ["GES.8005", "GES.8006", "GES.8007", "GES.8008", "GES.8020"].contains { $0 == code }
            || code == "GES.8002" && message.lowercased().contains("token")
    }
}

extension ProbeResult {
    /// Whether the address of the graph accepted a connection.
    var isConnected: Bool {
        switch self {
        case .silent(.refused, _), .silent(.notConnected, _), .cannotTell(.path, _): false
        default: true
        }
    }
}

extension DataPlaneRoute {
    /// As in the metric label `path`.
    var text: String { "\(addressKind) \(scheme) \(network):\(port)" }
}

extension CredentialFiles {
    /// How the credential is obtained.
    var request: String {
        switch self {
        case .accessKey: "read access key"
        case .password: "obtain token"
        case .token: "read token"
        case .metadata: "obtain agency key"
        }
    }

    func target(_ endpoints: Endpoints) -> String {
        switch self {
        case .accessKey(let idFile, _): idFile
        case .password: "\(endpoints.iam)"
        case .token(let file): file
        case .metadata: "\(endpoints.metadata)"
        }
    }
}
