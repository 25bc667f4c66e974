package import Time

/// Something that keeps the agent from doing its work, or a part of it.
package struct Trouble: Hashable, Sendable {
    /// A word from a fixed set, for programs.
    package let name: String
    /// What is wrong.
    package let text: String
    /// What a person can do.
    package let remedy: String
    /// Whether the agent is not ready meanwhile.
    package let preventsReady: Bool
    /// Since when; nil if that is not known.
    package var since: Timestamp?
    /// Tells troubles of one name apart.
    private(set) var detail = ""

    package init(
        _ name: String,
        _ text: String,
        remedy: String,
        preventsReady: Bool = false,
        since: Timestamp? = nil
    ) {
        self.name = name
        self.text = text
        self.remedy = remedy
        self.preventsReady = preventsReady
        self.since = since
    }
}

extension Status {
    /// Why the agent is not ready; empty if it is.
    package var notReady: [String] { troubles.filter(\.preventsReady).map(\.text) }

    /// What the rest of the status says, the worst first.
    package var presentTroubles: [Trouble] {
        let found = [blindness, partialListing, crashLoop, unreached].compactMap(\.self)
        return found.filter(\.preventsReady) + detectOnly.map(Trouble.init)
            + found.filter { !$0.preventsReady } + (selfTest?.troubles ?? [])
            + silences.troubles.map(Trouble.init(silences:))
            + (historyFailure.map { [Trouble(history: $0)] } ?? [])
            + (earlierFailure.map { [Trouble(earlier: $0)] } ?? [])
    }

    private var blindness: Trouble? {
        let remedy =
            "check cloud.endpoints, the credentials (graphwarden check permissions) and the"
            + " network between the agent and the cloud"
        guard inventory.lastSuccess != nil else {
            let cause = inventory.lastFailure?.text ?? "no answer"
            return Trouble(
                "blind",
                "the graphs could not be listed yet: \(cause)",
                remedy: remedy,
                preventsReady: true
            )
        }
        return inventory.lastFailure.map { failure in
            Trouble(
                "blind",
                "the graphs cannot be listed; no graph is restarted meanwhile: \(failure.text)",
                remedy: remedy
            )
        }
    }

    private var partialListing: Trouble? {
        guard inventory.isPartial else { return nil }
        return Trouble(
            "listing_partial",
            "the list of graphs is not complete; known graphs that it lacks are kept",
            remedy: "it ends when GES lists every graph again; see the log for what is missing"
        )
    }

    private var crashLoop: Trouble? {
        guard let starts, starts.isCrashLoop else { return nil }
        return Trouble(
            "crash_loop",
            "the last \(starts.early) starts of the agent ended before the start-up grace, so it"
                + " never acts",
            remedy: "see the log of the service for why it ends"
        )
    }

    private var unreached: Trouble? {
        inventory.reach.caution.map { caution in
            Trouble(
                "no_probe",
                caution,
                remedy:
                    "check sampling.data_plane and the firewall between the agent and the graphs"
            )
        }
    }
}

extension Trouble {
    /// Before the first step.
    static let starting = Trouble(
        "blind",
        "the first sampling cycle has not ended",
        remedy: "wait for it",
        preventsReady: true
    )

    fileprivate init(silences text: String) {
        self.init(
            "alertmanager",
            text,
            remedy: "check the Alertmanager, and its url and credentials in alertmanagers"
        )
        detail = text.split(separator: " ").first { $0.contains("://") }.map(String.init) ?? ""
    }

    /// Decisions go on: rules read the samples in memory.
    fileprivate init(history text: String) {
        self.init(
            "history",
            "samples are not kept on disk, so the windows of rules would be empty after a restart of"
                + " the agent: \(text)",
            remedy: "check the disk and the permissions of --storage.path; it resumes by itself"
        )
    }

    /// Decisions go on: rules read the samples since the start.
    fileprivate init(earlier text: String) {
        self.init(
            "history",
            "samples from before the start cannot be read, so the windows of rules are short: \(text)",
            remedy: "check history.url, its credentials and that server; it is tried again"
        )
    }

    fileprivate init(_ reason: DetectOnlyReason) {
        self.init("detect_only", "\(reason)", remedy: reason.remedy, preventsReady: true)
        detail = reason.label
    }

    /// By which a trouble is recognised: its text may change while it lasts.
    fileprivate var key: [String] { [name, detail] }
}

extension DetectOnlyReason {
    fileprivate var remedy: String {
        switch self {
        case .ledger: "check the disk and the permissions of --storage.path"
        case .olderLedger:
            "put the newest copy in its place, or start once with --storage.accept-older-ledger"
        case .clockSet: "wait, and check what sets the clock of this host"
        case .clockDiffers, .clockBehind: "check the time synchronization of this host"
        case .rival: "stop the other agent, or let both share a ledger in etcd; then start this one"
        }
    }
}

/// The troubles of the last step.
struct TroubleLog: Sendable {
    private var starts: [[String]: Timestamp] = [:]

    /// The troubles with the time since when each lasts.
    mutating func note(_ troubles: [Trouble], at now: Timestamp) -> [Trouble] {
        var noted = troubles
        for index in noted.indices { noted[index].since = starts[noted[index].key] ?? now }
        starts = Dictionary(
            noted.map { ($0.key, $0.since ?? now) },
            uniquingKeysWith: { first, _ in first }
        )
        return noted
    }

    mutating func shift(by jump: Duration) {
        starts = starts.mapValues { $0 + jump }
    }
}
