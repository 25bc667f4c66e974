package import Time

/// The silences of all Alertmanagers, as they last answered.
package struct SilenceBook: Hashable, Sendable {
    /// How many silences count, of all Alertmanagers together. Those beyond count as unreadable.
    package static let most = 5_000

    private struct Source: Hashable {
        var terms: SilenceSource
        /// Since when the configuration has it.
        var since: Timestamp
        var silences: [Silence] = []
        var unreadable = 0
        /// How many of `silences` are beyond the limit.
        var excess = 0
        var readAt: Timestamp?
        var failure: String?
        var failingSince: Timestamp?
        /// Until when an answer counts that is not followed by another one; nil if there is none.
        var countsUntil: Timestamp?
    }

    private var sources: [String: Source] = [:]
    /// Those that count, by the URL of the Alertmanager and then in the order of its answer. The
    /// members of a cluster have the same silences, which count once.
    private(set) var silences: [Silence] = []

    package init() {}

    /// Forgets Alertmanagers that the configuration no longer has, and waits for those that are
    /// new.
    mutating func keep(_ alertmanagers: [SilenceSource], at now: Timestamp) {
        let old = sources
        sources = [:]
        for terms in alertmanagers {
            sources[terms.url] = old[terms.url] ?? Source(terms: terms, since: now)
            sources[terms.url]?.terms = terms
        }
        if old.keys != sources.keys { collect() }
    }

    /// Takes no answer of an Alertmanager that the configuration does not have: a request may still
    /// be in flight when a reload removes it.
    mutating func receive(_ report: SilenceReport) {
        guard var source = sources[report.alertmanager] else { return }
        let known = source.silences
        switch report.answer {
        case .silences(let silences, let unreadable):
            source = Source(terms: source.terms, since: source.since)
            source.silences = silences
            source.unreadable = unreadable
            source.readAt = report.at
        case .failure(let reason):
            source.failure = reason
            source.failingSince = source.failingSince ?? report.at
        }
        let isChanged = source.silences != known
        if !isChanged { source.excess = sources[report.alertmanager]?.excess ?? 0 }
        sources[report.alertmanager] = source
        if isChanged { collect() }
    }

    /// Forgets what an Alertmanager said that has not answered for too long: one that cannot be
    /// asked holds nothing. A single lost answer lifts no silence.
    ///
    /// - Parameter interval: between two evaluations of the rules.
    mutating func expire(_ interval: Duration, at now: Timestamp) {
        for (url, source) in sources {
            guard let readAt = source.readAt else {
                if source.failure == nil, now >= source.since + source.terms.firstAnswer {
                    sources[url]?.failure = "it has not answered yet"
                    sources[url]?.failingSince = source.since
                }
                continue
            }
            let end = readAt + source.terms.memory(interval)
            sources[url]?.countsUntil = source.failure == nil || now <= end ? end : nil
            guard source.failure != nil, now > end, !source.silences.isEmpty else { continue }
            sources[url]?.silences = []
            collect()
        }
    }

    private mutating func collect() {
        var known: [String: Silence] = [:]
        silences = []
        for url in sources.keys.sorted() {
            sources[url]?.excess = 0
            for silence in sources[url]?.silences ?? [] where known[silence.id] != silence {
                guard silences.count < Self.most else {
                    sources[url]?.excess += 1
                    continue
                }
                known[silence.id] = silence
                silences.append(silence)
            }
        }
    }

    package func active(at now: Timestamp) -> Int {
        sources.values.reduce(0) { count, source in
            count + source.silences.count { $0.startsAt <= now && now < $0.endsAt }
        }
    }

    /// The first Alertmanager that has neither answered nor failed since the configuration has it:
    /// its silences may hold any graph. Nil if there is none.
    func awaited(at now: Timestamp) -> (alertmanager: String, until: Timestamp)? {
        sources.values.filter { $0.readAt == nil && $0.failure == nil }
            .map { ($0.terms.url, $0.since + $0.terms.firstAnswer) }
            .filter { now < $0.1 }
            .min { $0.0 < $1.0 }
    }

    /// The wall clock was set. Silences last as long as before, until the Alertmanagers are asked
    /// again.
    mutating func shift(by jump: Duration) {
        sources = sources.mapValues { source in
            var source = source
            source.silences = source.silences.map { $0.shifted(by: jump) }
            source.since = source.since + jump
            source.readAt = source.readAt.map { $0 + jump }
            source.failingSince = source.failingSince.map { $0 + jump }
            source.countsUntil = source.countsUntil.map { $0 + jump }
            return source
        }
        collect()
    }

    /// Alertmanagers that cannot be asked, and silences that cannot be read, as lines for people.
    package var troubles: [String] {
        sources.sorted { $0.key < $1.key }.flatMap { url, source in
            var lines: [String] = []
            if let failure = source.failure, let since = source.failingSince {
                let effect =
                    source.countsUntil.map { "its silences still hold until \($0)" }
                    ?? "its silences hold nothing"
                lines.append(
                    "Alertmanager \(url) cannot be asked for silences since \(since): \(failure);"
                        + " \(effect)"
                )
            }
            if source.unreadable + source.excess > 0 {
                lines.append(
                    "\(source.unreadable + source.excess) silences of Alertmanager \(url) cannot be"
                        + " read and hold nothing"
                )
            }
            return lines
        }
    }

    /// Whether each Alertmanager answered when it was last asked, by URL. Those that were not asked
    /// yet are left out.
    package var answers: [String: Bool] {
        sources.filter { $0.value.readAt != nil || $0.value.failure != nil }
            .mapValues { $0.failure == nil }
    }
}
