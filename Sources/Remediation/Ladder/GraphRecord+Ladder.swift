import Time

extension GraphRecord {
    /// The attempts of the incident that lasts: since the graph was last brought back, since a
    /// person last acknowledged it, and within a day.
    func attemptsOfIncident(at instant: Timestamp) -> ArraySlice<Attempt> {
        let floor = max(
            instant - Self.longestIncident,
            acknowledgedAt ?? .distantPast,
            clearedAt ?? .distantPast
        )
        let first =
            (attempts.lastIndex { $0.ending?.outcome == .verified }).map { $0 + 1 }
            ?? attempts.startIndex
        return attempts[first...].drop { $0.createdAt <= floor }
    }

    private static let longestIncident = Duration.seconds(24 * 3600)
    private static let cancelsAtMost = 2

    /// Which rung follows from those that this incident has seen; nil if the ladder is at its end.
    ///
    /// - A task is cancelled once, and only before anything stronger was sent. A cancel that was
    ///   certainly not sent is decided anew once.
    /// - The stop follows a restart that did not help, once. What was certainly not carried out for
    ///   a reason that passes may be decided anew, as a new attempt.
    func remedy(
        _ ladder: Ladder,
        _ graph: GraphView,
        canCancel: Bool,
        at instant: Timestamp
    ) -> Remedy? {
        let tried = attemptsOfIncident(at: instant)
        if ladder.rungs.contains(.cancel), canCancel,
            !tried.contains(where: { $0.usedUpCancel || $0.counts }),
            tried.count(where: { $0.action == .cancel }) < Self.cancelsAtMost,
            let task = ladder.taskToCancel(among: graph.cancellableTasks ?? [], at: instant)
        {
            return .cancel(task)
        }
        if ladder.rungs.contains(.stopAndStart), graph.canBeStopped {
            if tried.contains(where: \.usedUpStop) { return nil }
            if tried.contains(where: \.isRestartInVain) { return .stopAndStart }
        }
        return ladder.rungs.contains(.restart) ? .restart : nil
    }
}

extension Attempt {
    /// Whether the graph was restarted and did not answer afterwards.
    fileprivate var isRestartInVain: Bool { action == .restart && ending?.outcome == .notRecovered }

    /// Whether a cancel was or may have been carried out, or the graph refused it.
    fileprivate var usedUpCancel: Bool {
        guard action == .cancel else { return false }
        return switch ending?.outcome {
        case .notSent, .throttled: false
        default: true
        }
    }

    /// Whether a stop or a start was carried out, or GES refused it.
    fileprivate var usedUpStop: Bool {
        guard action.rung == .stopAndStart else { return false }
        return switch ending?.outcome {
        case .notSent, .throttled, .unauthorised: false
        default: true
        }
    }
}

extension GraphView {
    /// GES stops running graphs only, and none of the database edition. Where the edition is not
    /// told, it may be that one.
    var canBeStopped: Bool {
        statusCode == StatusCode.running && isOfMemoryEdition
    }

    /// Whether the edition is known and is not that with a database.
    var isOfMemoryEdition: Bool { Rung.objectionToStop(ofEdition: edition) == nil }
}

extension Rung {
    /// Why a graph of this edition must not be stopped, and not be started after a stop; nil if it
    /// may be.
    package static func objectionToStop(ofEdition edition: String?) -> String? {
        switch edition?.lowercased() {
        case "persistence": "GES does not stop graphs of the database edition"
        case nil, "": "GES does not say of which edition the graph is"
        default: nil
        }
    }
}
