import Time

/// What a graph did after a decision, in the recording.
package enum GraphOutcome: Hashable, Sendable {
    /// It answered again before anybody restarted it.
    case recoveredAlone(after: Duration)
    /// It answered again by itself, and until then its work advanced or a job of it ran.
    case busy(until: Duration)
    /// Somebody restarted, stopped or started it.
    case restarted(after: Duration)
    /// It did not answer until the end of the recording.
    case stayedSilent(for: Duration)
    case unknown(UnknownReason)

    package enum UnknownReason: String, Hashable, Sendable {
        case endOfRecording = "the recording ends"
        case gap = "the recording has a gap"
        case gone = "the graph was deleted"
        case unseen = "the recording does not show the graph"
    }

    /// Whether the decision was right.
    package enum Judgement: String, Hashable, Sendable, CaseIterable {
        case right, unneeded, unknown

        /// The word in a table.
        package var word: String {
            switch self {
            case .right: "yes"
            case .unneeded: "no"
            case .unknown: "unknown"
            }
        }
    }

    /// A graph that answers again so soon did not need a restart, which takes about as long.
    package static let patience = Duration.seconds(600)

    package var judgement: Judgement {
        switch self {
        case .restarted, .stayedSilent: .right
        case .recoveredAlone(let after): after > Self.patience ? .right : .unneeded
        case .busy: .unneeded
        case .unknown: .unknown
        }
    }

    /// A word from a fixed set.
    package var label: String {
        switch self {
        case .recoveredAlone: "recovered_alone"
        case .busy: "busy"
        case .restarted: "restarted"
        case .stayedSilent: "stayed_silent"
        case .unknown: "unknown"
        }
    }

    /// How long it took; nil for what is not known.
    package var duration: Duration? {
        switch self {
        case .recoveredAlone(let after), .restarted(let after): after
        case .busy(let until): until
        case .stayedSilent(let lasted): lasted
        case .unknown: nil
        }
    }
}

extension GraphOutcome: CustomStringConvertible {
    package var description: String {
        switch self {
        case .recoveredAlone(let after): "recovered alone after \(after.shown)"
        case .busy(let until): "was at work, and answered after \(until.shown)"
        case .restarted(let after):
            after < .seconds(60) ? "restarted at once" : "restarted after \(after.shown)"
        case .stayedSilent(let lasted): "stayed silent to the end, for \(lasted.shown)"
        case .unknown(let reason): "unknown: \(reason.rawValue)"
        }
    }
}

extension Duration {
    /// Whole seconds.
    var shown: String { Duration.seconds(Int64(inSeconds)).text }
}

extension GraphOutcome {
    /// A graph counts as well when it answers for so long.
    private static let proof = Duration.seconds(60)
    /// A recording that ends sooner does not show what becomes of the graph.
    private static let shortestSilence = Duration.seconds(45 * 60)

    init(of timeline: GraphTimeline, since decision: Timestamp) {
        let entries = timeline.entries(from: decision)
        var wasWorking = false
        for (place, entry) in zip(entries.indices, entries) {
            let after = max(.zero, entry.at - decision)
            let lasts = (place + 1 < entries.endIndex ? entries[place + 1].at : timeline.end)
            switch entry.state {
            case .restarting:
                self = .restarted(after: after)
                return
            case .well where lasts - max(entry.at, decision) >= Self.proof:
                self = wasWorking ? .busy(until: after) : .recoveredAlone(after: after)
                return
            case .gone:
                self = .unknown(.gone)
                return
            case .unseen where lasts - entry.at > GraphTimeline.longestGap:
                self = .unknown(.gap)
                return
            default: wasWorking = wasWorking || entry.isWorking
            }
        }
        let lasted = timeline.end - decision
        if wasWorking {
            self = .busy(until: lasted)
        } else {
            self =
                lasted >= Self.shortestSilence
                ? .stayedSilent(for: lasted) : .unknown(.endOfRecording)
        }
    }
}
