package import API
package import Configuration
package import Cycle
package import History
package import Logging
package import Time

/// The parts of the loop.
package struct LoopParts {
    package var cycle: Cycle
    package var configuration: Configuration
    package var connector: any CloudConnector
    /// The client that `connector` made for `configuration`.
    package var cloud: any CloudClient
    package var ledger: any LedgerWriter
    package var inbox: Inbox
    package var slot: ConfigurationSlot
    package var board: StatusBoard
    package var metrics: MetricRegistry
    package var pulse: Pulse
    package var clock: AgentClock
    package var stop: StopSignal
    package var logger: Logger
    /// Learns of reloads; nil if nobody is told anything.
    package var notifier: Notifier?
    /// Learns of reloads; nil if metrics are sent nowhere.
    package var exporter: OTLPExporter?
    /// Knows the other agents of the fleet; nil if there are none.
    package var coordinator: Coordinator?
    /// Writes samples to disk; nil if they are not kept.
    package var history: HistoryWriter?
    /// Reads samples from before the start; nil if nobody has any.
    package var filler: HistoryFiller?
    /// The part of the fleet that this agent sees; nil for all of it.
    package var shard: Shard?
    /// How long ended intents and the audit trail are kept.
    package var retention: Duration

    package static let standardRetention = Duration.seconds(90 * 86_400)

    package init(
        cycle: Cycle,
        configuration: Configuration,
        connector: any CloudConnector,
        cloud: any CloudClient,
        ledger: any LedgerWriter,
        inbox: Inbox,
        slot: ConfigurationSlot,
        board: StatusBoard,
        metrics: MetricRegistry,
        pulse: Pulse,
        clock: AgentClock,
        stop: StopSignal,
        logger: Logger,
        retention: Duration = Self.standardRetention
    ) {
        self.cycle = cycle
        self.configuration = configuration
        self.connector = connector
        self.cloud = cloud
        self.ledger = ledger
        self.inbox = inbox
        self.slot = slot
        self.board = board
        self.metrics = metrics
        self.pulse = pulse
        self.clock = clock
        self.stop = stop
        self.logger = logger
        self.retention = retention
    }
}

/// The cloud as the watcher and the performer use it.
package typealias CloudClient = GraphSource & GraphOperations & CloudEyeSource & NodeMetricsSource

/// Creates the client for a configuration, and returns the same one while the settings it was
/// created from stay the same. A new client would request a new token and forget a `Retry-After`.
package protocol CloudConnector {
    mutating func client(for configuration: Configuration) throws(StartError) -> any CloudClient
}
