package import Time

/// How a request authenticated itself.
package enum AuthenticationKind: String, CaseIterable, Sendable {
    case none
    case token
    case signature
    case temporarySignature = "temporary_signature"
    case metadataToken = "metadata_token"
}

/// One request and its answer.
package struct RequestRecord: Sendable {
    /// Starts at 1, without gaps.
    package let number: Int
    package let time: Timestamp
    package let service: CloudService
    package let operation: Operation
    package let method: String
    package let path: String
    package let query: [(name: String, value: String)]
    /// The graph's id; nil if the request names no graph or one that does not exist.
    package let graphID: String?
    /// What the request presented, whether or not it was accepted.
    package let authentication: AuthenticationKind
    /// The signature of a signed request.
    package let signature: String?
    /// nil if nothing was answered.
    package let status: Int?
    /// The error code in the answer.
    package let code: String?
    /// The names of the faults that applied.
    package let faults: [String]
}

/// The restart requests of one graph.
package struct RestartTally: Hashable, Sendable {
    /// POST requests that arrived, whatever their outcome.
    package var received = 0
    /// Requests that the cloud carried out.
    package var accepted = 0
    /// Those of a graph that did not hang.
    package var ofWorkingGraph = 0
}

/// The most recent requests, and exact counts of all of them.
package struct RequestLog: Sendable {
    package private(set) var records: [RequestRecord] = []
    package private(set) var total = 0
    package private(set) var restarts: [String: RestartTally] = [:]
    /// The newest restart requests, whatever their outcome.
    package private(set) var restartTimes: [(graphID: String, time: Timestamp)] = []

    /// The newest requests for a stop, a start or a cancel, whatever their outcome.
    package private(set) var otherActions:
        [(operation: Operation, graphID: String, time: Timestamp)] = []

    private static let recordsMaximum = 20_000
    private static let restartTimesMaximum = 1000

    mutating func append(_ make: (_ number: Int) -> RequestRecord) {
        total += 1
        let record = make(total)
        // Dropping an eighth at a time keeps the average cost of an append low.
        if records.count >= Self.recordsMaximum {
            records.removeFirst(Self.recordsMaximum / 8)
        }
        records.append(record)
        if record.operation == .restartGraph, let id = record.graphID {
            restarts[id, default: RestartTally()].received += 1
            restartTimes.append((id, record.time))
            if restartTimes.count > Self.restartTimesMaximum { restartTimes.removeFirst() }
        }
        if [.cancelTask, .stopGraph, .startGraph].contains(record.operation),
            let id = record.graphID
        {
            otherActions.append((record.operation, id, record.time))
            if otherActions.count > Self.restartTimesMaximum { otherActions.removeFirst() }
        }
    }

    mutating func countAcceptedRestart(of graphID: String, isHung: Bool) {
        restarts[graphID, default: RestartTally()].accepted += 1
        if !isHung { restarts[graphID]?.ofWorkingGraph += 1 }
    }

    /// Only requests that are still in the log.
    package func records(of operation: Operation, graphID: String? = nil) -> [RequestRecord] {
        records.filter {
            $0.operation == operation && (graphID == nil || $0.graphID == graphID)
        }
    }
}

extension SimulatedCloud {
    /// Restart requests received, by graph; graphs without any are omitted.
    package var restartCounts: [String: Int] {
        log.restarts.mapValues(\.received)
    }
}
