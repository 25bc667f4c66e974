package import Time

/// What one poll of the cloud brought back. A failed request is a reading too.
///
/// These are the cycle's own types, in GES' words: the caller translates the answers of the service
/// into them, so that decisions know neither HTTP nor JSON.
package struct Readings: Sendable {
    /// When the poll began: the time that its samples carry.
    package var at: Timestamp
    /// The same moment in elapsed time.
    package var began: Duration
    package var listing: Result<Listing, ReadingFailure>
    /// The running jobs of the management plane.
    package var jobs: Result<[RunningJob], ReadingFailure>
    /// One entry for every graph that was asked about, in the order of their ids.
    package var graphs: [GraphReading]
    /// How far the gateway's clock is ahead of ours; nil while it has not told.
    package var gatewayClockOffset: Duration?

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
        /// Whether every graph of the project is among them.
        package var isComplete: Bool

        package init(graphs: [ListedGraph], isComplete: Bool) {
            self.graphs = graphs
            self.isComplete = isComplete
        }
    }
}

/// Why a question to the cloud got no usable answer.
package struct ReadingFailure: Error, Hashable, Sendable {
    /// A bounded word, for metric labels.
    package var reason: String
    /// For people.
    package var text: String

    package init(reason: String, text: String) {
        self.reason = reason
        self.text = text
    }
}

/// A management job that is running.
package struct RunningJob: Hashable, Sendable {
    /// Jobs name their graph by its name, never by its id.
    package var graphName: String?
    package var beganAt: Timestamp?

    package init(graphName: String?, beganAt: Timestamp?) {
        self.graphName = graphName
        self.beganAt = beganAt
    }
}
