package import GES
import Series
package import Time

/// What one poll of the cloud brought back. A failed request is a reading too.
package struct Readings: Sendable {
    /// When the poll began: the time that its samples carry.
    package var at: Timestamp
    package var listing: Result<GraphListing, GESError>
    /// The running jobs of the management plane.
    package var jobs: Result<[Job], GESError>
    /// One entry for every graph that was asked about, in the order of their ids.
    package var graphs: [GraphReading]
    /// How far the gateway's clock is ahead of ours; nil while it has not told.
    package var gatewayClockOffset: Duration?

    package init(
        at: Timestamp,
        listing: Result<GraphListing, GESError>,
        jobs: Result<[Job], GESError>,
        graphs: [GraphReading],
        gatewayClockOffset: Duration? = nil
    ) {
        self.at = at
        self.listing = listing
        self.jobs = jobs
        self.graphs = graphs
        self.gatewayClockOffset = gatewayClockOffset
    }
}

/// What the data plane of one graph said.
package struct GraphReading: Sendable {
    package var graph: Graph
    package var probes: [Probe] = []
    /// Pending and running, the oldest first; nil when they could not be listed.
    package var tasks: [GraphTask]?
    package var queries: RealTimeQueries?

    package struct Probe: Sendable {
        package var kind: ProbeKind
        package var result: ProbeResult

        package init(kind: ProbeKind, result: ProbeResult) {
            self.kind = kind
            self.result = result
        }
    }

    package init(graph: Graph) {
        self.graph = graph
    }
}
