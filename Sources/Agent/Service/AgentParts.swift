import GES
import HTTPClient
import Ledger
import Logging
import PromQL
import Remediation
import Rules
import Series

/// Makes the parts of an agent and ties them together: the one place that knows them all.
struct AgentParts {
    let loaded: LoadedConfiguration
    let options: AgentOptions
    let metrics: MetricRegistry
    let board: StatusBoard
    let clock: AgentClock
    let stop: StopSignal
    let logger: Logger

    private var configuration: Configuration { loaded.configuration }

    func service() throws(StartError) -> (AgentService, ClientsInFlight) {
        let ledger = try openLedger()
        let http = try httpClient(managementHTTP)
        let dataPlaneHTTP = try httpClient(dataPlaneHTTP)
        let cloud = GESClient(
            configuration: gesConfiguration,
            http: http,
            dataPlaneHTTP: dataPlaneHTTP,
            observer: ClientMeter(metrics: metrics)
        )
        let inbox = Inbox()
        let record = CycleRecord(
            ledger: LedgerQueue(ledger.ledger, elapsed: clock.elapsed),
            inbox: inbox,
            metrics: metrics,
            logger: logger
        )
        let agent = Agent(
            configuration: configuration,
            rules: rules(ledger.alerts),
            machine: Machine(restoring: ledger.snapshot, at: Instant(clock.now())),
            series: SeriesStore(retention: retention, maximumSeries: 2_000_000),
            record: record,
            board: board,
            meter: CycleMeter(metrics: metrics),
            elapsed: clock.elapsed
        )
        let performer = Performer(
            cloud: cloud,
            dataPlane: configuration.sampling.dataPlane,
            inbox: inbox,
            stop: stop,
            now: { [clock] in Instant(clock.now()) },
            logger: logger
        )
        let service = AgentService(
            agent: agent,
            watcher: Watcher(source: cloud, sampling: configuration.sampling),
            performer: performer,
            inbox: inbox,
            clock: clock,
            stop: stop,
            metrics: metrics,
            logger: logger
        )
        return (service, ClientsInFlight(management: http, dataPlane: dataPlaneHTTP))
    }

    // MARK: Ledger

    private func openLedger() throws(StartError) -> (
        ledger: Ledger, snapshot: MachineSnapshot, alerts: [AlertSnapshot]
    ) {
        do {
            let ledger = try Ledger(folder: options.storagePath)
            return (ledger, try ledger.load(), AlertRecords.decode(try ledger.loadAlertStates()))
        } catch {
            throw .storage("\(error)")
        }
    }

    // MARK: Cloud

    private var managementHTTP: HTTPClientConfiguration {
        HTTPClientConfiguration(
            userAgent: userAgent,
            caFile: configuration.cloud.certificateAuthorityFile
        )
    }

    /// A connection for every probe that can be under way: probes that wait behind those of hung
    /// graphs would fail for no fault of their own.
    private var dataPlaneHTTP: HTTPClientConfiguration {
        HTTPClientConfiguration(
            userAgent: userAgent,
            caFile: configuration.sampling.dataPlaneCertificateAuthorityFile,
            maximumConnectionsPerHost: 256,
            maximumConnections: 256
        )
    }

    private var userAgent: String { "graphwarden/\(BuildInformation.current.version)" }

    private func httpClient(
        _ configuration: HTTPClientConfiguration
    ) throws(StartError) -> HTTPClient {
        do {
            return try HTTPClient(configuration: configuration)
        } catch {
            throw .client("the HTTP client cannot start: \(error)")
        }
    }

    private var gesConfiguration: GESConfiguration {
        GESConfiguration(
            projectID: configuration.cloud.projectID,
            endpoints: configuration.cloud.endpoints,
            credentials: configuration.cloud.credentials.credentials,
            apiVersion: configuration.cloud.apiVersion,
            readTimeout: configuration.sampling.timeout,
            // A restart waits neither long for its turn nor long for its answer: what was read
            // directly before must still hold, and a stop must not tear it.
            actionTimeout: .seconds(20),
            maximumThrottleWait: .seconds(10)
        )
    }

    // MARK: Rules

    /// A rule that looks at more samples than this would hold up all the others.
    private var engineOptions: EngineOptions {
        var options = EngineOptions()
        options.maximumSamples = 10_000_000
        return options
    }

    /// As much history as the rules can ask for, and an hour at least.
    private var retention: Duration {
        let reach = loaded.ruleFiles.map { $0.reach(lookback: EngineOptions().lookback) }.max()
        return max(reach ?? .zero, .seconds(3600))
    }

    private func rules(_ alerts: [AlertSnapshot]) -> RuleEngine {
        var rules = RuleEngine(
            files: loaded.ruleFiles,
            options: RuleEngine.Options(interval: configuration.evaluationInterval),
            engine: Engine(options: engineOptions)
        )
        let restored = rules.restore(alerts, at: clock.now())
        metrics.add(Double(restored), to: MetricCatalog.alertRestores, "restored")
        metrics.add(
            Double(alerts.count - restored),
            to: MetricCatalog.alertRestores,
            "discarded"
        )
        return rules
    }
}

extension CredentialFiles {
    var credentials: Credentials {
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
