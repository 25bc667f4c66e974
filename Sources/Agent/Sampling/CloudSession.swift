import API
package import Configuration
import GES
import HTTPClient

/// Reaches the cloud as a configuration says. A reload that changes the way makes another client; an
/// effect keeps the client that it was begun with, and the connections are closed with the last
/// holder.
package struct CloudSession: CloudConnector {
    /// What a client is made of. As long as it stays the same, so does the client.
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

    private var current: (settings: Settings, client: GESClient)?
    private let metrics: MetricRegistry
    private let clients: ClientsInFlight

    init(metrics: MetricRegistry, clients: ClientsInFlight) {
        self.metrics = metrics
        self.clients = clients
    }

    /// Throws when a CA file cannot be read.
    package mutating func client(
        for configuration: Configuration
    ) throws(StartError) -> any CloudClient {
        let settings = Settings(configuration)
        if let current, current.settings == settings { return current.client }
        let management = try Self.http(settings.management)
        let dataPlane = try Self.http(settings.dataPlane)
        let client = GESClient(
            configuration: settings.ges,
            http: management,
            dataPlaneHTTP: dataPlane,
            observer: ClientMeter(metrics: metrics)
        )
        clients.add(management: management, dataPlane: dataPlane)
        current = (settings, client)
        return client
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
