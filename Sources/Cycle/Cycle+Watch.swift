import Coordination
import Diagnosis
import Remediation
import Rules
import Series
import Time

/// What agents that divide the watch tell one another.
///
/// Agents divide what is well. A graph that any of them suspects, cannot reach or cannot judge is
/// read by all, with others that prove the paths to it. What they leave unread is told in words:
/// which graphs are lost and since when, and which alerts ask for a restart or block one. So the
/// leader decides on the same knowledge as an agent that reads every graph.
extension Cycle {
    /// More is left out of what an agent publishes: etcd limits the size of a request.
    private static let maximumAlerts = 200
    private static let maximumRequests = 500
    private static let maximumBlocks = 500
    /// For how long every agent goes on reading a graph that has become well.
    private static let concernMemory = Duration.seconds(10 * 60)
    /// How many graphs that are well are read to prove each path to one that is not.
    private static let witnessesOfPath = 5
    /// How many graphs that were never read are read in a poll: nothing is known of their paths.
    private static let maximumUnread = 1_000
    /// For how long the word of an agent counts that is not heard any more: until another one has
    /// evaluated its alerts.
    private static let wordMemory = Duration.seconds(5 * 60)

    /// Takes what others say beside their alerts. The own alerts of a graph come first: two agents
    /// may watch it while it moves.
    mutating func noteWatchOfOthers(at now: Timestamp) {
        guard share != nil, let cluster else {
            others = WatchOfOthers()
            return
        }
        others.sickSince = [:]
        for agent in cluster.others {
            others.sickSince.merge(agent.sickSince ?? [:]) { min($0, $1) }
        }
        var known = Set(ownRequests.map { [$0.graphID.rawValue, $0.alertname] })
        others.requests = cluster.others.flatMap { $0.requests ?? [] }
            .filter { known.insert([$0.graphID.rawValue, $0.alertname]).inserted }
            .map { request in
                // The clock of the other one may be ahead.
                var request = request
                request.activeAt = min(request.activeAt, now)
                request.firedAt = request.firedAt.map { min($0, now) }
                return request
            }
        for agent in cluster.others {
            others.words[agent.id] = WatchOfOthers.Word(
                blocks: (agent.blocks ?? []).map { $0.told(by: agent.name) },
                asking: agent.alerts.map(Self.graphsAsking) ?? [],
                at: now
            )
        }
        let memory = max(Self.wordMemory, longestBlockingHold + Self.gainMemory)
        others.words = others.words.filter { now - $0.value.at <= memory }
    }

    /// The longest `for` of a rule whose alert blocks. The agent that takes graphs over evaluates
    /// it anew if its alert is about no single graph.
    private var longestBlockingHold: Duration {
        guard hasBlockingRules else { return .zero }
        let (name, value) = BlockingAlerts.label
        let rules = rules.alertingRules(labelled: name, value)
        return rules.map(\.rule.holdDuration).max() ?? .zero
    }

    private static func graphsAsking(_ alerts: [AlertSnapshot]) -> Set<GraphID> {
        Set(
            alerts.lazy.filter { $0.labels["remediate"] == "restart" }
                .filter { $0.firedAtMilliseconds != nil && $0.keepFiringSinceMilliseconds == nil }
                .compactMap { $0.labels["graph_id"].map { GraphID($0) } }
        )
    }

    /// When each graph became unreachable by the word of the agent that watches it; nil if this
    /// agent reads every graph.
    func wordsOfWatchers(_ share: WatchShare?) -> ((String) -> Onset?)? {
        guard let share, let cluster else { return nil }
        let losses = Dictionary(
            cluster.others.map { ($0.id, $0.losses ?? [:]) },
            uniquingKeysWith: { first, _ in first }
        )
        guard losses.values.contains(where: { !$0.isEmpty }) else { return nil }
        return { id in losses[share.division.watcher(of: id).id]?[id] }
    }

    /// Whether this agent has to tell the others of a graph that it does not suspect: it watches
    /// the graph and cannot tell whether it works.
    func isConcern(_ graph: GraphView) -> Bool {
        guard let share else { return false }
        switch graph.verdict {
        // It is not read yet, or by another agent.
        case .unknown(.sight, _): return false
        case .unknown, .starting:
            return share.division.watcher(of: graph.id.rawValue) == share.division.own
        default: return false
        }
    }

    /// Notes which graphs this agent reads from now on, whoever watches them, and what it
    /// publishes.
    mutating func noteConcerns(_ turn: Turn) {
        guard share != nil, let cluster else {
            (concernedAt, published) = ([:], PublishedWatch())
            return
        }
        let before = Set(concernedAt.keys)
        let own = sights.filter { $0.value != .alive && $0.value != .absent }.keys
        let concerns = Set(own).union(cluster.others.flatMap(\.concerns))
        for id in concerns { concernedAt[id] = turn.now }
        concernedAt = concernedAt.filter { turn.now - $0.value <= Self.concernMemory }
        if turn.readings != nil || turn.evaluation?.groups.isEmpty == false {
            published.alerts = watchedAlerts
        }
        if published.blocks.count > Self.maximumBlocks {
            // What cannot be told blocks everything.
            let text = "\(published.blocks.count) graphs are blocked by alerts of another agent"
            published.blocks = [PublishedBlock(text: text, since: nil, graphID: "")]
        }
        guard turn.readings != nil || Set(concernedAt.keys) != before else { return }
        published.losses = Dictionary(
            uniqueKeysWithValues: diagnosis.losses.sorted { $0.key < $1.key }
                .prefix(MemberReport.maximumSights).map { ($0.key, $0.value) }
        )
        published.witnesses = diagnosis.witnesses(
            of: concernedAt.keys,
            atMost: Self.witnessesOfPath
        ).union(diagnosis.unread(atMost: Self.maximumUnread))
    }

    /// Adds what only agents that divide the watch publish.
    func divide(_ publication: inout Publication) {
        guard let share else { return }
        if seesGraphs { publication.division = share.division.id }
        publication.alerts = published.alerts
        publication.blocks = published.blocks
        publication.requests = []
        if hasSoundClock {
            publication.losses = published.losses
            publication.sickSince = published.sickSince.filter {
                publication.sights[$0.key] != nil
            }
            // One whose disk fails could not lead. Its rules are as good as before.
            if inventory.sightSince != nil {
                publication.requests = Array(ownRequests.prefix(Self.maximumRequests))
            }
        }
        publication.concerns = published.witnesses.union(concernedAt.keys)
            .union(machine.concerned.map(\.rawValue))
    }

    /// Whether this agent can watch any graph. One that cannot leaves its part to the others.
    private var seesGraphs: Bool {
        inventory.sightSince != nil && inventory.reach == .proved && hasSoundClock
    }
}

/// What moves with a graph that another agent watches from now on, or watched until now: the state of
/// its alerts. Without it a rule with a long `for` would begin anew.
extension Cycle {
    /// For how long after this agent has begun to watch a graph its alerts are looked for: it may
    /// hear of the agent that had it only later.
    private static let gainMemory = Duration.seconds(2 * 60)

    /// Keeps what others say of their alerts. An agent that dies leaves its state behind.
    mutating func rememberAlerts(of others: [MemberReport], at now: Timestamp) {
        for other in others {
            guard let alerts = other.alerts else { continue }
            alertsOfOthers[other.id] = PublishedAlerts(alerts: alerts, at: now)
        }
        alertsOfOthers = alertsOfOthers.filter { now - $0.value.at <= RuleEngine.outageTolerance }
        guard let division = share?.division else { return }
        // An agent that watches a graph since another one left knows its alerts better.
        let live = Set(others.map(\.id))
        for (id, left) in alertsOfOthers
        where !live.contains(id) && now - left.at > Self.gainMemory {
            alertsOfOthers[id]?.alerts.removeAll { alert in
                alert.labels["graph_id"].map { division.watcher(of: $0) != division.own } ?? true
            }
        }
    }

    /// Takes over the alerts of graphs that this agent watches from now on, and drops those of
    /// graphs that another one watches: they have not ended, so nobody is told that they have.
    mutating func moveAlerts(at now: Timestamp) {
        let lost = inventory.lost
        if !lost.isEmpty {
            rules.forget { lost.contains($0.labels["graph_id"]) }
            // They would be as old as the absence when the graph returns.
            series.remove { lost.contains($0["graph_id"]) }
            areAlertsUnsaved = true
        }
        for id in inventory.gained { gainedAt[id] = now }
        gainedAt = gainedAt.filter { !lost.contains($0.key) && now - $0.value <= Self.gainMemory }
        guard !gainedAt.isEmpty, !alertsOfOthers.isEmpty else { return }
        let own = Dictionary(rules.activeAlerts.map { ($0.labels, $0) }) { first, _ in first }
        let newer = alertsOfOthers.values.flatMap(\.alerts)
            .filter { gainedAt[$0.labels["graph_id"] ?? ""] != nil }
            .map { $0.seen(before: now) }
            .filter { alert in
                guard let known = own[Labels(alert)] else { return true }
                return alert.lastSeenAtMilliseconds > known.lastSeenAt.milliseconds
                    || alert.activeAtMilliseconds < known.activeAt.milliseconds
            }
            // The newest comes last and stays.
            .sorted { $0.lastSeenAtMilliseconds < $1.lastSeenAtMilliseconds }
        guard !newer.isEmpty else { return }
        rules.restore(newer, at: now)
        areAlertsUnsaved = true
        for alert in newer { gainedAt[alert.labels["graph_id"] ?? ""] = nil }
    }

    /// The alerts of the graphs that this agent watches: first those that block a restart or ask
    /// for one.
    private var watchedAlerts: [AlertSnapshot] {
        let own = rules.snapshot().filter { alert in
            inventory.entries[alert.labels["graph_id"] ?? ""]
                .map { $0.otherWatcher == nil } ?? false
        }
        let acting = own.filter { $0.labels["remediate"] != nil }
        let others = own.filter { $0.labels["remediate"] == nil }
        return (acting + others).prefix(Self.maximumAlerts).map { alert in
            // The next evaluation writes them anew.
            var alert = alert
            alert.annotations = [:]
            return alert
        }
    }
}

/// What other agents that divide the watch say.
struct WatchOfOthers: Sendable {
    /// The restarts that their rules ask for.
    var requests: [RestartRequest] = []
    /// Since when the graphs are sick that they suspect.
    var sickSince: [String: Timestamp] = [:]
    /// By the id of the agent.
    var words: [String: Word] = [:]

    struct Word: Sendable {
        let blocks: [PublishedBlock]
        /// The graphs with a firing alert that asks for a restart.
        let asking: Set<GraphID>
        let at: Timestamp
    }

    var blocks: [PublishedBlock] { words.sorted { $0.key < $1.key }.flatMap(\.value.blocks) }

    /// The graphs about which an agent may still ask for a restart, although it does not now: it has
    /// just started, or left.
    var asking: Set<GraphID> { words.values.reduce(into: []) { $0.formUnion($1.asking) } }
}

/// What this agent tells the others if they divide the watch.
struct PublishedWatch: Sendable {
    /// The alerts of the graphs that this agent watches.
    var alerts: [AlertSnapshot] = []
    var blocks: [PublishedBlock] = []
    var losses: [String: Onset] = [:]
    /// Since when the graphs are sick that this agent suspects.
    var sickSince: [String: Timestamp] = [:]
    /// The graphs that this agent reads to prove paths, and those that it has never read.
    var witnesses: Set<String> = []
}

/// The alerts of another agent when they were last heard of.
struct PublishedAlerts: Sendable {
    var alerts: [AlertSnapshot]
    let at: Timestamp
}

extension PublishedBlock {
    fileprivate func told(by agent: String) -> PublishedBlock {
        var block = self
        block.text += ", on \(agent)"
        return block
    }
}

extension AlertSnapshot {
    /// As this agent would have seen it: the clock of the other one may be ahead.
    fileprivate func seen(before now: Timestamp) -> AlertSnapshot {
        var alert = self
        alert.lastSeenAtMilliseconds = min(lastSeenAtMilliseconds, now.milliseconds)
        alert.activeAtMilliseconds = min(activeAtMilliseconds, now.milliseconds)
        alert.firedAtMilliseconds = firedAtMilliseconds.map { min($0, now.milliseconds) }
        return alert
    }
}

extension Labels {
    fileprivate init(_ alert: AlertSnapshot) {
        self.init(alert.labels.map { ($0.key, $0.value) })
    }
}
