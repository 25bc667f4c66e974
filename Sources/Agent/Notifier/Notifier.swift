package import API
package import Configuration
package import Cycle
import HTTPClient
package import Logging
import Synchronization
package import Time

/// Tells Alertmanagers what happens, and asks them what is silenced. It runs beside the loop and
/// reads the published status: a slow or dead Alertmanager delays no cycle.
package final class Notifier: Sendable {
    private struct State {
        var links: [AlertmanagerLink] = []
        var interval = Duration.seconds(30)
    }

    private let board: StatusBoard
    private let inbox: Inbox
    private let metrics: MetricRegistry
    private let clock: AgentClock
    private let stop: StopSignal
    private let externalURL: String?
    /// Whether Alertmanagers are told of anything; they are asked in any case.
    private let tells: Bool
    private let logger: Logger
    private let state = Mutex(State())

    package init(
        board: StatusBoard,
        inbox: Inbox,
        metrics: MetricRegistry,
        clock: AgentClock,
        stop: StopSignal,
        externalURL: String?,
        tells: Bool = true,
        logger: Logger
    ) {
        self.board = board
        self.inbox = inbox
        self.metrics = metrics
        self.clock = clock
        self.stop = stop
        var url = externalURL
        while url?.last == "/" { url?.removeLast() }
        self.externalURL = url
        self.tells = tells
        self.logger = logger
    }

    /// Uses the Alertmanagers of a configuration from now on. Those that stay as they are keep what
    /// waits for them. Throws, and changes nothing, if a CA file cannot be read.
    package func adopt(_ configuration: Configuration) throws(StartError) {
        let known = state.withLock { $0.links }
        var links: [AlertmanagerLink] = []
        for alertmanager in configuration.alertmanagers {
            if let link = known.first(where: { $0.client.configuration == alertmanager }) {
                links.append(link)
            } else {
                links.append(try link(to: alertmanager))
            }
        }
        state.withLock { [links] state in
            state = State(links: links, interval: configuration.evaluationInterval)
        }
        let capacity = Double(AlertQueue.capacity)
        metrics.set(MetricCatalog.notificationQueueCapacity, to: capacity)
    }

    private func link(
        to alertmanager: AlertmanagerConfiguration
    ) throws(StartError) -> AlertmanagerLink {
        do throws(HTTPError) {
            let agent = "graphwarden/\(BuildInformation.current.version)"
            return AlertmanagerLink(
                try AlertmanagerClient(alertmanager, userAgent: agent),
                metrics: metrics,
                clock: clock,
                logger: logger
            )
        } catch {
            throw .client("alertmanagers: the HTTP client cannot start: \(error)")
        }
    }

    /// Runs until a stop is requested. What was not sent by then is lost: Alertmanager resolves
    /// alerts that are not sent again by itself.
    package func run() async {
        await withDiscardingTaskGroup { group in
            var alerts = OutgoingAlerts()
            var seen = 0
            while !stop.isRequested {
                let (links, interval) = state.withLock { ($0.links, $0.interval) }
                if tells, !links.isEmpty { tell(links, &alerts, &seen, interval) }
                let length = links.reduce(0) { $0 + $1.queueLength }
                metrics.set(MetricCatalog.notificationQueueLength, to: Double(length))
                for link in links {
                    if link.beginSending() { group.addTask { await link.send() } }
                    if link.beginAsking(every: min(interval, SilenceSource.longestInterval)) {
                        group.addTask { [inbox] in
                            if let report = await link.ask() { inbox.put(report) }
                        }
                    }
                }
                let pause = min(interval, Self.longestPause)
                _ = await stop.race { [clock] in try? await clock.sleep(pause) }
            }
            group.cancelAll()
        }
    }

    /// Asks every Alertmanager once what is silenced.
    package func askOnce() async -> [SilenceReport] {
        var reports: [SilenceReport] = []
        for link in state.withLock({ $0.links }) {
            if let report = await link.ask() { reports.append(report) }
        }
        return reports
    }

    /// Between two looks at the status: a page must not wait for an evaluation.
    private static let longestPause = Duration.seconds(1)

    /// - Parameter seen: the version of the board that was looked at last.
    private func tell(
        _ links: [AlertmanagerLink],
        _ alerts: inout OutgoingAlerts,
        _ seen: inout Int,
        _ interval: Duration
    ) {
        // Before the first step nothing is known, so nothing has ended either.
        let version = board.version
        guard version > 0 else { return }
        let (now, elapsed) = (clock.now(), clock.elapsed())
        if version != seen {
            seen = version
            let derivation = AlertDerivation(status: board.current, externalURL: externalURL)
            let dropped = alerts.update(derivation.alerts, at: now, elapsed: elapsed)
            metrics.add(Double(dropped), to: MetricCatalog.notificationsDropped)
        }
        let due = alerts.takeDue(interval: interval, at: now, elapsed: elapsed)
        for link in links { link.put(due) }
    }
}
