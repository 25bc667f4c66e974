package import API
package import Configuration
import Exposition
import Files
import HTTPClient
package import Logging
import Synchronization
package import Time

/// Sends what a scrape would show to a receiver of OpenTelemetry metrics, once per interval. It runs
/// beside the loop, reads what is published, and has one request in flight at most: a slow or dead
/// receiver delays no cycle. Points that cannot be sent are not sent again, because the next ones
/// have the same totals.
package final class OTLPExporter: Sendable {
    private let families: FamiliesReference
    private let board: StatusBoard
    private let metrics: MetricRegistry
    private let clock: AgentClock
    private let stop: StopSignal
    private let logger: Logger
    private let started: Timestamp
    private let client = Mutex<OTLPClient?>(nil)
    private let isFailing = Mutex(false)

    package init(
        families: FamiliesReference,
        board: StatusBoard,
        metrics: MetricRegistry,
        clock: AgentClock,
        stop: StopSignal,
        logger: Logger
    ) {
        self.families = families
        self.board = board
        self.metrics = metrics
        self.clock = clock
        self.stop = stop
        self.logger = logger
        started = clock.now()
    }

    /// Sends to the receiver of a configuration from now on, or nowhere. Throws, and changes nothing,
    /// if a CA file cannot be read.
    package func adopt(_ configuration: OTLPConfiguration?) throws(StartError) {
        guard client.withLock({ $0?.configuration }) != configuration else { return }
        do throws(HTTPError) {
            let agent = "graphwarden/\(BuildInformation.current.version)"
            let new = try configuration.map { receiver throws(HTTPError) in
                try OTLPClient(receiver, userAgent: agent)
            }
            client.withLock { $0 = new }
        } catch {
            throw .client("otlp: the HTTP client cannot start: \(error)")
        }
    }

    /// Runs until a stop is requested.
    package func run() async {
        var due = clock.elapsed()
        while !stop.isRequested {
            let now = clock.elapsed()
            if let client = client.withLock({ $0 }), now >= due {
                due = max(due + client.configuration.interval, now)
                // Before the first step there is nothing to tell.
                if board.version > 0 { _ = await stop.race { [self] in await export(to: client) } }
            }
            let rest = max(.milliseconds(10), min(due - clock.elapsed(), Self.longestPause))
            _ = await stop.race { [clock] in try? await clock.sleep(rest) }
        }
    }

    /// Between two looks at the configuration.
    private static let longestPause = Duration.seconds(1)

    private func export(to client: OTLPClient) async {
        let bodies = OTLPFormat.encode(families.all(), source(client.configuration))
        for body in bodies {
            metrics.add(to: MetricCatalog.otlpRequests)
            do throws(OTLPClient.Failure) {
                try await client.post(body)
                note(success: client)
            } catch {
                guard !stop.isRequested else { return }
                metrics.add(to: MetricCatalog.otlpFailures)
                // The others would fail the same way, each after its timeout.
                return note(error, client)
            }
        }
    }

    private func source(_ configuration: OTLPConfiguration) -> OTLPFormat.Source {
        let version = BuildInformation.current.version
        let given = configuration.resourceAttributes.map { ($0.name, $0.value) }
        let own = [
            ("service.name", "graphwarden"), ("service.version", version),
            ("service.instance.id", HostName.current),
        ]
        let names = Set(given.map(\.0))
        return OTLPFormat.Source(
            attributes: own.filter { !names.contains($0.0) } + given,
            version: version,
            startNanoseconds: started.nanoseconds,
            nanoseconds: clock.now().nanoseconds
        )
    }

    private func note(success client: OTLPClient) {
        let wasFailing = isFailing.withLock { isFailing in
            defer { isFailing = false }
            return isFailing
        }
        guard wasFailing else { return }
        logger.info(
            "Metrics are sent again",
            metadata: ["url": "\(client.configuration.metricsURL)"]
        )
    }

    private func note(_ failure: OTLPClient.Failure, _ client: OTLPClient) {
        let wasFailing = isFailing.withLock { isFailing in
            defer { isFailing = true }
            return isFailing
        }
        guard !wasFailing else { return }
        logger.error(
            "Metrics could not be sent; points of this time are lost to the receiver",
            metadata: ["url": "\(client.configuration.metricsURL)", "err": "\(failure)"]
        )
    }
}

extension Timestamp {
    /// Since 1970; zero for a time before.
    fileprivate var nanoseconds: UInt64 { UInt64(max(0, milliseconds)) &* 1_000_000 }
}
