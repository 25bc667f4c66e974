import Time

/// What a graph did after a decision, in the recording.
package enum GraphOutcome: Hashable, Sendable {
    /// It answered again before anybody restarted it.
    case recoveredAlone(after: Duration)
    /// Its import, export or clear ended by itself.
    case endedAlone(after: Duration)
    /// It answered again, or its operation ended, by itself, and until then it worked.
    case busy(until: Duration)
    /// Somebody restarted it at the moment of the decision, perhaps the agent that was recorded. That
    /// proves nothing, and nobody knows what would have become of the graph.
    case recorded(after: Duration)
    /// Somebody restarted it later.
    case restarted(after: Duration)
    /// It did not answer until the end of the recording.
    case stayedSilent(for: Duration)
    /// Its import, export or clear made no progress until the end of the recording.
    case didNotEnd(for: Duration)
    case unknown(UnknownReason)

    package enum UnknownReason: String, Hashable, Sendable {
        case endOfRecording = "the recording ends"
        case gap = "the recording has a gap"
        case gone = "the graph was deleted"
        case stopped = "somebody stopped the graph"
        case unseen = "the recording does not show the graph"
        case unseenWork = "the recording does not show whether its work advances"
    }

    /// Whether the decision was right.
    package enum Judgement: String, Hashable, Sendable, CaseIterable {
        case right, unneeded, unknown

        /// The word in a table.
        package var word: String {
            switch self {
            case .right: "right"
            case .unneeded: "not needed"
            case .unknown: "unknown"
            }
        }
    }

    /// A graph that answers again so soon did not need a restart, which takes about as long. One that
    /// was restarted sooner might have answered.
    package static let patience = Duration.seconds(600)

    package var judgement: Judgement {
        switch self {
        case .stayedSilent, .didNotEnd: .right
        case .recoveredAlone(let after): after > Self.patience ? .right : .unneeded
        case .restarted(let after): after > Self.patience ? .right : .unknown
        case .busy, .endedAlone: .unneeded
        case .recorded, .unknown: .unknown
        }
    }

    /// A word from a fixed set.
    package var label: String {
        switch self {
        case .recoveredAlone: "recovered_alone"
        case .endedAlone: "ended_alone"
        case .busy: "busy"
        case .recorded: "recorded"
        case .restarted: "restarted"
        case .stayedSilent: "stayed_silent"
        case .didNotEnd: "did_not_end"
        case .unknown: "unknown"
        }
    }

    /// How long it took; nil for what is not known.
    package var duration: Duration? {
        switch self {
        case .recoveredAlone(let after), .endedAlone(let after), .restarted(let after),
            .recorded(let after):
            after
        case .busy(let until): until
        case .stayedSilent(let lasted), .didNotEnd(let lasted): lasted
        case .unknown: nil
        }
    }
}

extension GraphOutcome: CustomStringConvertible {
    package var description: String {
        switch self {
        case .recoveredAlone(let after): "recovered alone after \(after.shown)"
        case .endedAlone(let after): "its operation ended by itself after \(after.shown)"
        case .busy(let until): "was at work for \(until.shown) and ended by itself"
        case .recorded: "was restarted at that moment in the recording too"
        case .restarted(let after): "restarted by somebody after \(after.shown)"
        case .stayedSilent(let lasted): "stayed silent to the end, for \(lasted.shown)"
        case .didNotEnd(let lasted): "made no progress to the end, for \(lasted.shown)"
        case .unknown(let reason): "unknown: \(reason.rawValue)"
        }
    }
}

extension Duration {
    /// Whole seconds.
    var shown: String { Duration.seconds(Int64(inSeconds)).text }
}
