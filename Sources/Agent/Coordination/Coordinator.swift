package import API
package import Coordination
import Cycle
import Etcd
import JSON
package import Ledger
package import Logging
import Remediation
import Synchronization
package import Time

/// This agent among those that share a fleet: it holds a lease in etcd, competes for the lead,
/// publishes what it sees, and reads what the others have published. It is also the ledger of the
/// loop: what agents share goes to etcd first, everything else to the own ledger.
///
/// The loop alone decides on which version of the shared state it acts: the one that `take()`
/// handed to it, or that it has written since. etcd refuses a write that rests on another version,
/// so a pause or another leader's write in between keeps an intent from being written.
package final class Coordinator: Sendable {
    let store: any SharedStore
    let own: any LedgerWriter
    let settings: Settings
    let keys: SharedKeys
    let clock: AgentClock
    let metrics: MetricRegistry
    let logger: Logger
    /// Makes the loop take a step.
    let wake: @Sendable () -> Void
    let state: Mutex<State>
    /// The newest mark on disk. Held while one is written, so that an older one never follows.
    let marks = Mutex<SharedWatermark?>(nil)
    private let end = StopSignal()

    package struct Settings: Sendable {
        /// Differs with every start.
        package var id: String
        package var name: String
        package var url: String?
        package var prefix: String
        package var lease: LeaseTiming
        package var policyHash: String
        /// Whether agents divide the watch.
        package var dividesWatch = false
        /// After so long without a new poll an agent's word counts no more.
        package var patience: Duration
        /// What earlier runs have seen of the store.
        package var watermark: SharedWatermark?
        /// Keeps what this run has seen of it, on disk.
        package var keep: @Sendable (SharedWatermark) throws(LedgerError) -> Void = { _ in }

        package init(id: String, name: String, prefix: String, policyHash: String) {
            self.id = id
            self.name = name
            self.prefix = prefix
            self.policyHash = policyHash
            lease = .standard
            patience = .seconds(120)
        }
    }

    struct State {
        var lease: Int64?
        /// When the last successful renewal began, in elapsed time.
        var renewedAt = Duration.zero
        /// The create revision of the own key `leader`; nil if another agent leads.
        var epoch: Int64?
        var leader: LeaderRecord?
        var others: [String: Member] = [:]
        /// Why etcd could not be used at the last try; nil if it could.
        var trouble: String? = "etcd has not been read yet"
        /// The version that the loop acts on; nil before the first one was taken.
        var base: Int64?
        /// The state that waits for the loop.
        var waiting: SharedState?
        /// Whether the state has to be read although its version looks familiar.
        var mustRead = true
        var publication = Publication(poll: 0, sights: [:])
        /// When the loop last told of a new poll, in elapsed time.
        var polledAt = Duration.zero
        /// nil if this agent reads every graph.
        var division: WatchDivision?
        /// Looks in a row at which this agent could not have acted.
        var unfitLooks = 0
        var policyHash: String
        /// The publication that etcd has, with its lease.
        var published: Published?
        var watermark: SharedWatermark?
        var writes = 0
        /// The leadership and the time of the newest intents, by id.
        var decided: [String: (epoch: Int64, at: Duration)] = [:]
        /// The leadership for which the loop has taken the shared state.
        var handedEpoch: Int64?
        /// The leadership that begins once the shared state was read.
        var awaitedEpoch: Int64?
        /// What the loop was last told of; a difference is worth a step.
        var told: News?
    }

    struct News: Equatable {
        var role: String
        var others: [MemberReport]
        var hasState: Bool
    }

    struct Member {
        var report: MemberReport
        var changedAt: Duration
    }

    struct Published: Equatable {
        var lease: Int64
        var report: MemberReport
    }

    package init(
        store: any SharedStore,
        own: any LedgerWriter,
        settings: Settings,
        clock: AgentClock,
        metrics: MetricRegistry,
        wake: @escaping @Sendable () -> Void,
        logger: Logger
    ) {
        self.store = store
        self.own = own
        self.settings = settings
        keys = SharedKeys(prefix: settings.prefix)
        self.clock = clock
        self.metrics = metrics
        self.wake = wake
        self.logger = logger
        var first = State(policyHash: settings.policyHash)
        if settings.dividesWatch {
            first.division = WatchDivision(
                own: WatchDivision.Agent(id: settings.id, name: settings.name)
            )
        }
        first.watermark = settings.watermark
        state = Mutex(first)
    }

    /// What the next step should know. The loop calls it directly before each step.
    package func take() -> ClusterReading {
        let elapsed = clock.elapsed()
        return state.withLock { state in
            let shared = state.waiting
            if let shared { state.base = shared.version }
            state.waiting = nil
            noteHandover(shared, at: elapsed, &state)
            state.told = news(state, at: elapsed)
            return ClusterReading(
                role: role(state, at: elapsed),
                others: liveOthers(state, at: elapsed),
                policyHash: state.policyHash,
                state: shared
            )
        }
    }

    /// By name.
    private func liveOthers(_ state: State, at elapsed: Duration) -> [MemberReport] {
        state.others.values
            .filter { elapsed - $0.changedAt <= settings.patience }
            .map(\.report)
            .sorted { ($0.name, $0.id) < ($1.name, $1.id) }
    }

    /// What the next poll reads; nil to read every graph.
    package var share: WatchShare? {
        let elapsed = clock.elapsed()
        return state.withLock { state in
            guard state.division != nil else { return nil }
            let others = liveOthers(state, at: elapsed)
            let dividing = others.compactMap { other in
                // One that has not polled yet watches nothing.
                other.poll == 0
                    ? nil
                    : other.division.map {
                        (agent: WatchDivision.Agent(id: other.id, name: other.name), division: $0)
                    }
            }
            state.division?.take(dividing)
            let concerns = Set(others.flatMap(\.concerns))
            return state.division.map {
                WatchShare($0, shared: concerns.union(state.publication.concerns))
            }
        }
    }

    /// A lead that lapsed and was renewed begins anew: the loop has observed meanwhile, and takes
    /// over from the shared state.
    private func noteHandover(_ shared: SharedState?, at elapsed: Duration, _ state: inout State) {
        guard case .leader(let epoch, _) = role(state, at: elapsed) else {
            state.handedEpoch = nil
            return
        }
        if shared != nil { state.handedEpoch = epoch }
        if state.handedEpoch != epoch { state.mustRead = true }
    }

    private func role(_ state: State, at elapsed: Duration) -> ClusterReading.Role {
        if let epoch = state.epoch {
            let until = state.renewedAt + settings.lease.stepDown
            if elapsed < until { return .leader(epoch: epoch, until: until) }
        }
        if let trouble = state.trouble { return .none(trouble) }
        if state.epoch != nil { return .none("the lease was not renewed in time") }
        if let leader = state.leader { return .follower(leader: leader.text) }
        return .none("no agent leads yet")
    }

    /// Whether the next step should not wait: something is known that the last one did not know.
    package var hasNews: Bool {
        let elapsed = clock.elapsed()
        return state.withLock { state in
            news(state, at: elapsed) != state.told
        }
    }

    private func news(_ state: State, at elapsed: Duration) -> News {
        // Every poll of another agent is published, and is no news if it says the same. Alerts
        // matter only to a poll that finds graphs moved.
        let others = state.others.values.map { member in
            var report = member.report
            report.poll = 0
            report.alerts = nil
            return report
        }
        return News(
            role: role(state, at: elapsed).name,
            others: others.sorted { $0.id < $1.id },
            hasState: state.waiting != nil
        )
    }

    /// Takes what a step wants others to know.
    package func publish(_ publication: Publication?) {
        guard let publication else { return }
        let now = clock.elapsed()
        state.withLock { state in
            if state.publication.poll != publication.poll { state.polledAt = now }
            // The loop has dropped the lead by itself, and needs the shared state to take it again.
            if state.handedEpoch != publication.ledEpoch { state.handedEpoch = nil }
            state.publication = publication
        }
    }

    /// The policy after a reload.
    package func adopt(policyHash: String) {
        state.withLock { $0.policyHash = policyHash }
    }

    /// Why the request of an intent may not be sent now; nil if it may. Asked directly before: an
    /// agent that was frozen since its decision finds that its lead has ended. One that leads again
    /// finds that another leader may have ended the attempt meanwhile.
    package func objection(toSending intentID: String) -> String? {
        let elapsed = clock.elapsed()
        return state.withLock { state in
            guard case .leader(let epoch, _) = role(state, at: elapsed) else {
                return "this agent no longer leads"
            }
            guard let decided = state.decided[intentID], decided.epoch == epoch else {
                return "it was decided under an earlier lead"
            }
            guard elapsed - decided.at <= Self.longestDelay else {
                return "it was decided more than \(Self.longestDelay.text) ago"
            }
            return nil
        }
    }

    /// From the begin of the write of an intent to its request.
    private static let longestDelay = Intent.sendWindow

    var isLeader: Bool {
        let elapsed = clock.elapsed()
        return state.withLock { state in
            if case .leader = role(state, at: elapsed) { true } else { false }
        }
    }

    /// Notes in whose name intents are written. Nothing older can still be sent.
    func note(_ intents: [Intent]) {
        let elapsed = clock.elapsed()
        state.withLock { state in
            guard let epoch = state.epoch else { return }
            state.decided = state.decided.filter { elapsed - $0.value.at <= Self.longestDelay }
            for intent in intents { state.decided[intent.id] = (epoch, elapsed) }
        }
    }

    /// Runs until `resign`, which is later than the end of the loop: until its last outcomes are
    /// written this agent must keep its lead.
    package func run() async {
        while !end.isRequested {
            await look()
            _ = await end.race { [clock, settings] in
                try? await clock.sleep(settings.lease.lookInterval)
            }
        }
    }

    /// Ends the lease, so that another agent takes over at once.
    package func resign() async {
        end.request()
        let lease = state.withLock { state in
            state.dropLead()
            return state.lease
        }
        guard let lease else { return }
        try? await store.revoke(lease)
    }
}

extension ClusterReading.Role {
    /// Without the time until which it counts.
    fileprivate var name: String {
        switch self {
        case .leader(let epoch, _): "leader \(epoch)"
        case .follower(let leader): "follower \(leader)"
        case .none(let why): "none \(why)"
        }
    }
}
