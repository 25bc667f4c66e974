package import API
package import Configuration
package import Cycle
package import Logging
package import Time

/// What the loop is made of.
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
        logger: Logger
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
    }
}

/// The cloud as the watcher and the performer use it.
package typealias CloudClient = GraphSource & GraphOperations

/// Makes the client for a configuration. While nothing about the way to the cloud changes it hands
/// out the same one: another would ask for another token and forget how long the cloud wants to be
/// left alone.
package protocol CloudConnector {
    mutating func client(for configuration: Configuration) throws(StartError) -> any CloudClient
}
