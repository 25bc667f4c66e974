package import API
package import Configuration
import Cycle
package import GES
package import HTTPClient
import Time

/// Creates the GES client of a configuration. A reload that changes endpoints or credentials
/// creates another; effects in progress keep theirs, and connections close with the last user.
package struct CloudSession: CloudConnector {
    /// The settings that a client is created from. While they stay the same, so does the client.
    struct Settings: Hashable, Sendable {
        let cloud: CloudConfiguration
        let interval: Duration
        let timeout: Duration
        let dataPlaneCertificateAuthorityFile: String?
        let dataPlaneFingerprint: PublicKeyFingerprint?
        let verifiesDataPlane: Bool
        /// The number of connections to Cloud Eye; none if it is not read.
        let cloudEyeConnections: Int?
        /// The number of connections to graphs for the metrics of their nodes; none if they are not
        /// read.
        let monitoringConnections: Int?

        init(_ configuration: Configuration) {
            cloud = configuration.cloud
            interval = configuration.sampling.interval
            timeout = configuration.sampling.timeout
            dataPlaneCertificateAuthorityFile =
                configuration.sampling.dataPlaneCertificateAuthorityFile
            dataPlaneFingerprint = configuration.sampling.dataPlaneFingerprint
            cloudEyeConnections = configuration.sampling.cloudEye?.concurrency
            monitoringConnections = configuration.sampling.nodeMetrics?.concurrency
            // A known key needs no authority, but one that is named counts too.
            verifiesDataPlane =
                dataPlaneFingerprint == nil
                ? !configuration.sampling.dataPlane.isInsecure
                : dataPlaneCertificateAuthorityFile != nil
        }
    }

    private var current: (settings: Settings, client: GESClient)?
    private let metrics: MetricRegistry
    private let clients: ClientsInFlight
    private let observed: @Sendable (any HTTPTransport) -> any HTTPTransport

    /// - Parameter observed: what requests go through.
    package init(
        metrics: MetricRegistry,
        clients: ClientsInFlight,
        observed: @escaping @Sendable (any HTTPTransport) -> any HTTPTransport = { $0 }
    ) {
        self.metrics = metrics
        self.clients = clients
        self.observed = observed
    }

    /// Throws if a CA file cannot be read.
    package mutating func client(
        for configuration: Configuration
    ) throws(StartError) -> any CloudClient {
        try gesClient(for: configuration)
    }

    /// The client of the service, another if the settings changed.
    package mutating func gesClient(
        for configuration: Configuration
    ) throws(StartError) -> GESClient {
        let settings = Settings(configuration)
        if let current, current.settings == settings { return current.client }
        let management = try Self.http(settings.management)
        let dataPlane = try Self.http(settings.dataPlane)
        let cloudEye = try settings.cloudEye.map(Self.http)
        let monitoring = try settings.monitoring.map(Self.http)
        let client = GESClient(
            configuration: settings.ges,
            http: observed(management),
            dataPlaneHTTP: observed(dataPlane),
            cloudEyeHTTP: cloudEye.map { observed($0) },
            monitoringHTTP: monitoring.map { observed($0) },
            observer: ClientMeter(metrics: metrics)
        )
        showLimits(settings)
        clients.add(
            management: management,
            dataPlane: dataPlane,
            cloudEye: cloudEye,
            monitoring: monitoring
        )
        current = (settings, client)
        return client
    }

    private func showLimits(_ settings: Settings) {
        for (operation, bytes) in AnswerLimits.bytes {
            metrics.set(MetricCatalog.responseLimit, to: Double(bytes), operation)
        }
        metrics.set(MetricCatalog.listingTimeout, to: settings.listTimeout.inSeconds)
        metrics.set(MetricCatalog.listingBytes, to: Double(AnswerLimits.listBytes))
        metrics.set(MetricCatalog.listingPages, to: Double(AnswerLimits.listPages))
        metrics.set(MetricCatalog.graphsLimit, to: Double(Inventory.maximumGraphs))
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

    /// One connection for every probe that can be in flight. Probes queued behind those of hung
    /// graphs would time out although their graphs are healthy.
    fileprivate var dataPlane: HTTPClientConfiguration {
        var configuration = HTTPClientConfiguration(
            userAgent: userAgent,
            caFile: dataPlaneCertificateAuthorityFile,
            maximumConnectionsPerHost: ReadingPlaces.maximumRequests,
            maximumConnections: ReadingPlaces.maximumRequests
        )
        configuration.verifiesServer = verifiesDataPlane
        configuration.pinnedPublicKey = dataPlaneFingerprint?.base64
        return configuration
    }

    /// Cloud Eye has connections of its own, so that no poll waits for it.
    fileprivate var cloudEye: HTTPClientConfiguration? {
        cloudEyeConnections.map { count in
            var configuration = management
            configuration.maximumConnectionsPerHost = count
            configuration.maximumConnections = count
            return configuration
        }
    }

    /// As do the metrics of nodes, which are read as the graphs are otherwise.
    fileprivate var monitoring: HTTPClientConfiguration? {
        monitoringConnections.map { count in
            var configuration = dataPlane
            configuration.maximumConnectionsPerHost = count
            configuration.maximumConnections = count
            return configuration
        }
    }

    /// A list that takes longer than a slot leaves the readings to age. 10,000 graphs take 100
    /// pages, for which the rate limit needs 8 s.
    fileprivate var listTimeout: Duration { max(.seconds(10), interval + timeout) }

    private var userAgent: String { "graphwarden/\(BuildInformation.current.version)" }

    fileprivate var ges: GESConfiguration {
        GESConfiguration(
            projectID: cloud.projectID,
            endpoints: cloud.endpoints,
            credentials: cloud.credentials.credentials,
            apiVersion: cloud.apiVersion,
            readTimeout: timeout,
            listTimeout: listTimeout,
            // A restart must be sent soon after the graph was read, and a stop must not interrupt
            // it, so both waits are short.
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
