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
/// receiver delays no cycle. A request that fails for a moment is sent again until the next points
/// are due, which have the same totals; then its points are lost to the receiver.
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
    private let isPartial = Mutex(false)

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
            // Before the first step there is nothing to tell.
            if let client = client.withLock({ $0 }), now >= due, board.version > 0 {
                let end = max(due + client.configuration.interval, now)
                let pause = await stop.race { [self] in await export(to: client, until: end) }
                due = max(end, clock.elapsed() + (pause.flatMap(\.self) ?? .zero))
            }
            let rest = max(.milliseconds(100), min(due - clock.elapsed(), Self.longestPause))
            _ = await stop.race { [clock] in try? await clock.sleep(rest) }
        }
    }

    /// Between two looks at the configuration.
    private static let longestPause = Duration.seconds(1)

    /// Before a request is sent again for the first time; doubled for each further time.
    private static let firstRetry = Duration.seconds(1)
    private static let longestRetry = Duration.seconds(30)
    /// Nobody asks to be left alone for longer than the longest interval.
    private static let longestRefusal = Duration.seconds(3600)

    /// - Returns: how long the receiver wants to be left alone.
    private func export(to client: OTLPClient, until end: Duration) async -> Duration? {
        var partial: OTLPPartialSuccess?
        for body in OTLPFormat.encode(families.all(), source(client.configuration)) {
            do throws(OTLPClient.Failure) {
                guard let new = try await send(body, to: client, until: end) else { continue }
                metrics.add(Double(new.rejectedPoints), to: MetricCatalog.otlpRejectedPoints)
                partial = partial ?? new
            } catch {
                // The others would fail the same way, each after its timeout.
                return error.retryAfter.map { min($0, Self.longestRefusal) }
            }
        }
        note(partial, client)
        return nil
    }

    /// Sends a request until it is taken, refused for good, or as long as nothing newer is due.
    private func send(
        _ body: [UInt8],
        to client: OTLPClient,
        until end: Duration
    ) async throws(OTLPClient.Failure) -> OTLPPartialSuccess? {
        var wait = Self.firstRetry
        while true {
            metrics.add(to: MetricCatalog.otlpRequests)
            do throws(OTLPClient.Failure) {
                return try await client.post(body, at: clock.now())
            } catch {
                guard !stop.isRequested else { throw error }
                metrics.add(to: MetricCatalog.otlpFailures)
                note(error, client)
                // Agents that were refused together do not come back together.
                let pause = max(error.retryAfter ?? .zero, wait * Double.random(in: 0.5...1))
                let isCurrent = self.client.withLock {
                    $0?.configuration == client.configuration
                }
                guard error.isTemporary, isCurrent, clock.elapsed() + pause < end else {
                    throw error
                }
                try? await clock.sleep(pause)
                guard !stop.isRequested else { throw error }
                wait = min(wait * 2, Self.longestRetry)
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

    /// All requests of one time were taken, but for some points.
    private func note(_ partial: OTLPPartialSuccess?, _ client: OTLPClient) {
        let url = "\(client.configuration.metricsURL)"
        if Self.change(isFailing, to: false) {
            logger.info("Metrics are sent again", metadata: ["url": "\(url)"])
        }
        guard Self.change(isPartial, to: partial != nil), let partial else { return }
        logger.warning(
            "Metrics were not taken whole",
            metadata: [
                "url": "\(url)", "rejected_points": "\(partial.rejectedPoints)",
                "err": "\(partial.message)",
            ]
        )
    }

    /// Whether the flag was different.
    private static func change(_ flag: borrowing Mutex<Bool>, to new: Bool) -> Bool {
        flag.withLock { flag in
            defer { flag = new }
            return flag != new
        }
    }

    private func note(_ failure: OTLPClient.Failure, _ client: OTLPClient) {
        guard Self.change(isFailing, to: true) else { return }
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
