import Time

/// The readings of one graph over the time that is judged.
struct Trial {
    let graph: GraphCase
    let start: Timestamp
    let at: Timestamp
    /// How many readings of a sign are needed.
    let readings: Int
    /// For how long nothing may have advanced.
    let pause: Duration
    /// Whether work that advances in steps is waited for.
    var waitsForSteps = true

    enum EngineState: Hashable {
        case alive
        /// The newest readings are all silent.
        case silent
        /// Silent lately, but not long or often enough to say so.
        case wavering
        /// The graph refuses the credential.
        case refused
        case cannotTell
    }

    func state(of kind: String) -> EngineState {
        guard let history = graph.probes[kind], let newest = history.newest else {
            return .cannotTell
        }
        if newest.answer == .credential, newest.count >= readings { return .refused }
        let words = history.newestTelling(readings, since: start)
        guard let last = words.first else {
            return newest.answer == .credential ? .refused : .cannotTell
        }
        if words.count == readings, words.allSatisfy({ $0 == .silent }) { return .silent }
        // One answer among silent readings is luck, and one silent reading among answers is too.
        if last == .silent {
            let isLone = history.count(of: .silent, since: start) <= 1
            return isLone && history.count(of: .alive, since: start) > 0 ? .alive : .wavering
        }
        let isRepeated =
            words.prefix(2).contains(.silent) && history.count(of: .silent, since: start) > 1
        return isRepeated ? .wavering : .alive
    }

    /// At most one in eight readings was alive.
    func isMostlySilent(_ kind: String) -> Bool {
        guard let history = graph.probes[kind] else { return false }
        let alive = history.count(of: .alive, since: start)
        return alive * 8 <= alive + history.count(of: .silent, since: start)
    }

    // MARK: - Progress

    /// What advanced within the time that is judged; nil if nothing did.
    var advance: Work? { advance(ofOperation: false) }

    /// Work that pauses between two steps is given twice its longest pause.
    ///
    /// - Parameter ofOperation: whether only what belongs to an import, export or clear counts:
    ///   queries go on beside it.
    func advance(ofOperation: Bool) -> Work? {
        if let at = advanced(graph.tasks) {
            return .tasks(advancedAt: at)
        }
        if !ofOperation, let at = advanced(graph.queries) {
            return .queries(advancedAt: at)
        }
        if !ofOperation, let endedAt = graph.jobs.endedAt, at - endedAt < pause {
            return .jobEnded(at: endedAt)
        }
        if let advancedAt = graph.jobs.advancedAt, at - advancedAt < pause {
            return .jobAdvanced(at: advancedAt)
        }
        return nil
    }

    private func advanced(_ watch: ProgressWatch) -> Timestamp? {
        guard let advancedAt = watch.advancedAt else { return nil }
        let longest = waitsForSteps ? watch.longestPause * 2 : .zero
        return at - advancedAt < max(pause, longest) ? advancedAt : nil
    }

    /// The work that may have advanced unseen within the time that is judged; nil if there is none.
    func obscured(ofOperation: Bool = false) -> String? {
        func isObscured(_ watch: ProgressWatch) -> Bool {
            watch.obscuredAt.map { at - $0 < pause } ?? false
        }
        if isObscured(graph.tasks) { return "its tasks are listed and cannot be read" }
        if !ofOperation, isObscured(graph.queries) {
            return "its queries are listed and cannot be read"
        }
        return nil
    }

    /// Requests of others that were answered while the graph was silent to the agent; nil if none
    /// were seen. Cloud Eye says so up to ten minutes later, so the silence counts from its begin.
    func served(since silence: Timestamp) -> String? {
        guard let servedAt = graph.load.servedAt, servedAt - silence >= Self.clockTolerance,
            at - servedAt < pause + Self.longestDelay
        else { return nil }
        return "it is silent to the agent, but Cloud Eye saw it answer requests at \(servedAt)"
    }

    private static let clockTolerance = Duration.seconds(60)
    private static let longestDelay = Duration.seconds(600)

    /// For each source of the operation's progress that can be read: whether it stands still.
    var progressSources: [Bool] {
        [graph.tasks.operation, graph.jobs.operation].compactMap { history in
            let words = history.newestTelling(readings, since: start)
            guard words.count == readings else { return nil }
            return words.allSatisfy { $0 == .still }
        }
    }

    var stillSince: Timestamp? {
        [graph.tasks.operation.since(.still), graph.jobs.operation.since(.still)]
            .compactMap(\.self).max()
    }
}
