package import Coordination
package import Time

/// The result of one poll of the cloud. A failed request is a reading too.
///
/// These types belong to the cycle and use the terms of GES. The caller translates responses of the
/// service into them, so that decisions depend neither on HTTP nor on JSON.
package struct Readings: Sendable {
    /// When the poll began; the timestamp of its samples.
    package var at: Timestamp
    /// The same moment in elapsed time.
    package var began: Duration
    package var listing: Result<Listing, ReadingFailure>
    /// The running jobs of the management plane.
    package var jobs: Result<[RunningJob], ReadingFailure>
    /// One entry per probed graph, sorted by id.
    package var graphs: [GraphReading]
    /// How far the gateway's clock is ahead of ours; nil while unknown.
    package var gatewayClockOffset: Duration?
    /// Which graphs were to be read; nil for all.
    package var share: WatchShare?
    /// How the requests to the management plane ended, by operation.
    package var answers: [ManagementAnswers] = []

    package init(
        at: Timestamp,
        began: Duration = .zero,
        listing: Result<Listing, ReadingFailure>,
        jobs: Result<[RunningJob], ReadingFailure>,
        graphs: [GraphReading],
        gatewayClockOffset: Duration? = nil
    ) {
        self.at = at
        self.began = began
        self.listing = listing
        self.jobs = jobs
        self.graphs = graphs
        self.gatewayClockOffset = gatewayClockOffset
    }

    package struct Listing: Hashable, Sendable {
        package var graphs: [ListedGraph]
        /// Whether the listing contains every graph of the project.
        package var isComplete: Bool
        /// Why it is not complete; nil if it is, or if no reason is known.
        package var shortfall: String?

        package init(graphs: [ListedGraph], isComplete: Bool, shortfall: String? = nil) {
            self.graphs = graphs
            self.isComplete = isComplete
            self.shortfall = shortfall
        }
    }
}

/// Why a request got no usable response.
package struct ReadingFailure: Error, Hashable, Sendable {
    /// The value of the metric label `reason`.
    package var reason: String
    /// The human-readable description.
    package var text: String

    package init(reason: String, text: String) {
        self.reason = reason
        self.text = text
    }
}

/// A running or waiting job of the management plane.
package struct RunningJob: Hashable, Sendable {
    package var id: String
    /// Such as `ImportGraph`. The names are undocumented.
    package var name: String
    /// Jobs refer to their graph by name, never by id.
    package var graphName: String?
    package var beganAt: Timestamp?
    /// Progress as reported; only compared. Nil if none is reported.
    package var progress: String?
    /// Whether the progress counts something, so that an unchanged one means that the job stands
    /// still.
    package var isCounted: Bool
    /// Whether it has not begun.
    package var isWaiting = false

    package init(
        id: String,
        name: String,
        graphName: String?,
        beganAt: Timestamp?,
        progress: String? = nil,
        isCounted: Bool = true
    ) {
        self.id = id
        self.name = name
        self.graphName = graphName
        self.beganAt = beganAt
        self.progress = progress
        self.isCounted = isCounted
    }
}
