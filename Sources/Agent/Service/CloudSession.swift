package import GES
import HTTPClient

/// The cloud as one configuration reaches it. A reload that changes the way makes another one; what
/// was begun keeps the client that began it, and the connections are closed with the last holder.
package struct CloudSession: Sendable {
    /// What a client is made of. As long as it stays the same, so does the client: another one would
    /// ask for another token and forget how long the cloud wants to be left alone.
    struct Settings: Hashable, Sendable {
        let cloud: CloudConfiguration
        let interval: Duration
        let timeout: Duration
        let dataPlaneCertificateAuthorityFile: String?

        init(_ configuration: Configuration) {
            cloud = configuration.cloud
            interval = configuration.sampling.interval
            timeout = configuration.sampling.timeout
            dataPlaneCertificateAuthorityFile =
                configuration.sampling.dataPlaneCertificateAuthorityFile
        }
    }

    let settings: Settings
    package let client: GESClient

    /// Throws when a CA file cannot be read.
    init(
        _ settings: Settings,
        metrics: MetricRegistry,
        clients: ClientsInFlight
    ) throws(StartError) {
        let management = try Self.http(settings.management)
        let dataPlane = try Self.http(settings.dataPlane)
        self.settings = settings
        client = GESClient(
            configuration: settings.ges,
            http: management,
            dataPlaneHTTP: dataPlane,
            observer: ClientMeter(metrics: metrics)
        )
        clients.add(management: management, dataPlane: dataPlane)
    }

    private static func http(
        _ configuration: HTTPClientConfiguration
    ) throws(StartError) -> HTTPClient {
        do {
            return try HTTPClient(configuration: configuration)
        } catch {
            throw .client("the HTTP client cannot start: \(error)")
        }
    }
}

extension CloudSession.Settings {
    fileprivate var management: HTTPClientConfiguration {
        HTTPClientConfiguration(userAgent: userAgent, caFile: cloud.certificateAuthorityFile)
    }

    /// A connection for every probe that can be under way: probes that wait behind those of hung
    /// graphs would fail for no fault of their own.
    fileprivate var dataPlane: HTTPClientConfiguration {
        HTTPClientConfiguration(
            userAgent: userAgent,
            caFile: dataPlaneCertificateAuthorityFile,
            maximumConnectionsPerHost: 256,
            maximumConnections: 256
        )
    }

    private var userAgent: String { "graphwarden/\(BuildInformation.current.version)" }

    fileprivate var ges: GESConfiguration {
        GESConfiguration(
            projectID: cloud.projectID,
            endpoints: cloud.endpoints,
            credentials: cloud.credentials.credentials,
            apiVersion: cloud.apiVersion,
            readTimeout: timeout,
            // A restart waits neither long for its turn nor long for its answer: what was read
            // directly before must still hold, and a stop must not tear it.
            actionTimeout: .seconds(20),
            maximumThrottleWait: .seconds(10),
            longestPause: interval
        )
    }
}

extension CredentialFiles {
    fileprivate var credentials: Credentials {
        switch self {
        case .accessKey(let idFile, let secretFile):
            .accessKey(id: .file(idFile), secret: .file(secretFile))
        case .password(let domain, let user, let passwordFile):
            .password(domain: domain, user: user, password: .file(passwordFile))
        case .token(let file): .token(.file(file))
        case .metadata: .metadata
        }
    }
}
