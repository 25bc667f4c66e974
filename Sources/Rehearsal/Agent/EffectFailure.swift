import Agent
import Cycle
import GES
import HTTPClient
import Ledger
import Remediation
import Synchronization
import Time

/// How an effect of the agent fails. Effects are the writes of its decisions and the requests that
/// change the cloud.
package enum EffectFailure: String, Hashable, Sendable, CaseIterable {
    /// The disk refuses the write; the request gets no answer and is not carried out.
    case fails
    /// The process is killed directly before.
    case before
    /// The effect happens, and the process is killed before it learns of that.
    case after
}

/// Counts the effects of an agent, and lets one of them fail.
final class EffectCounter: Sendable {
    private struct State {
        var count = 0
        var armed: (effect: Int, failure: EffectFailure)?
    }

    private let state = Mutex(State())

    /// Lets the effect fail that is the `number`th from now on, counted from 1.
    func arm(_ number: Int, _ failure: EffectFailure) {
        state.withLock { $0.armed = ($0.count + number, failure) }
    }

    /// Whether an effect is still to fail.
    var isArmed: Bool { state.withLock { $0.armed != nil } }

    /// Counts an effect. Nil if it is to be carried out.
    func next() -> EffectFailure? {
        state.withLock { state in
            state.count += 1
            guard let armed = state.armed, state.count == armed.effect else { return nil }
            state.armed = nil
            return armed.failure
        }
    }
}

/// Whether the process of a run still lives.
final class Lifeline: Sendable {
    private let isCut = Mutex(false)

    var holds: Bool { !isCut.withLock { $0 } }

    func cut() {
        isCut.withLock { $0 = true }
    }
}

/// The intents of all runs of an agent, in their order.
final class IntentJournal: Sendable {
    private let intents = Mutex<[Intent]>([])

    var all: [Intent] { intents.withLock { $0 } }

    func note(_ new: [Intent]) {
        intents.withLock { $0 += new }
    }
}

/// SQLite in memory does not block, so it needs no thread of its own. What a killed process wants
/// to write fails, so that nothing acts on it.
struct MortalLedger: LedgerWriter {
    let ledger: Ledger
    let lifeline: Lifeline
    let effects: EffectCounter
    let intents: IntentJournal
    let crash: @Sendable () -> Void

    private static let ended = LedgerError(cause: .other("the process was killed"), path: "ledger")
    private static let full = LedgerError(cause: .full, path: "ledger")

    func write(_ toDisk: ToDisk) async throws(LedgerError) {
        guard lifeline.holds else { throw Self.ended }
        let isEffect = !toDisk.changes.isEmpty || !toDisk.savedReceived.isEmpty
        switch isEffect ? effects.next() : nil {
        case nil:
            try ledger.write(toDisk)
            intents.note(toDisk.changes.intents)
        case .fails: throw Self.full
        case .before:
            crash()
            throw Self.ended
        case .after:
            try ledger.write(toDisk)
            intents.note(toDisk.changes.intents)
            crash()
            throw Self.ended
        }
    }

    func tidy(before time: Timestamp) async throws(LedgerError) -> Int {
        try ledger.prune(before: time)
        return try ledger.sizeBytes()
    }
}

/// The client of a process that may be killed.
struct MortalClient: CloudClient {
    let client: any CloudClient
    let lifeline: Lifeline
    let effects: EffectCounter
    /// The graphs that do not answer this agent, whatever others see.
    let silent: @Sendable (String) -> Bool
    let crash: @Sendable () -> Void

    private static let ended = GESError.unexpected("the process was killed")
    private static let lost = GESError.unexpected("no answer")
    private static let noAnswer = GESError.http(
        HTTPError(.timeout, requestMayHaveBeenSent: true, message: "no answer in time")
    )

    func restart(_ id: String) async -> (ActionAnswer, quote: String?) {
        await quoting { await client.restart(id) }
    }

    func stop(_ id: String) async -> (ActionAnswer, quote: String?) {
        await quoting { await client.stop(id) }
    }

    func start(_ id: String) async -> (ActionAnswer, quote: String?) {
        await quoting { await client.start(id) }
    }

    private func quoting(
        _ action: () async -> (ActionAnswer, quote: String?)
    ) async -> (ActionAnswer, quote: String?) {
        let quote = Mutex<String?>(nil)
        let answer = await carryOut {
            let (answer, text) = await action()
            quote.withLock { $0 = text }
            return answer
        }
        return (answer, quote.withLock { $0 })
    }

    func cancelTask(
        _ taskID: String,
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async -> ActionAnswer {
        await carryOut { await client.cancelTask(taskID, of: graph, dataPlane: dataPlane) }
    }

    private func carryOut(_ action: () async -> ActionAnswer) async -> ActionAnswer {
        guard lifeline.holds else { return .notSent(Self.ended) }
        switch effects.next() {
        case nil: return await action()
        case .fails: return .unknown(Self.lost)
        case .before:
            crash()
            return .notSent(Self.ended)
        case .after:
            let answer = await action()
            crash()
            return answer
        }
    }
}

// MARK: - Reading

extension MortalClient {
    var gatewayClockOffset: Duration? { client.gatewayClockOffset }

    func listGraphs() async throws(GESError) -> GraphListing { try await client.listGraphs() }

    func listGraphs(
        onPage: @escaping @Sendable ([Graph]) -> Void
    ) async throws(GESError) -> GraphListing {
        try await client.listGraphs(onPage: onPage)
    }

    func graph(_ id: String) async throws(GESError) -> Graph { try await client.graph(id) }

    func cloudEyeMetrics(
        of graphs: Set<String>,
        within limit: Duration
    ) async throws(GESError) -> CloudEyeListing {
        try await client.cloudEyeMetrics(of: graphs, within: limit)
    }

    func cloudEyeSamples(
        of series: [CloudEyeSeries],
        from: Timestamp,
        to: Timestamp
    ) async throws(GESError) -> CloudEyeAnswer {
        try await client.cloudEyeSamples(of: series, from: from, to: to)
    }

    func job(graphID: String, jobID: String) async throws(GESError) -> Job {
        try await client.job(graphID: graphID, jobID: jobID)
    }

    func jobs(_ filter: JobFilter) async throws(GESError) -> JobListing {
        try await client.jobs(filter)
    }

    func probe(
        _ kind: ProbeKind,
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async -> ProbeResult {
        if silent(graph.id) {
            return .silent(.timeout, ProbeAnswer(duration: dataPlane.timeout, text: "timeout"))
        }
        return await client.probe(kind, of: graph, dataPlane: dataPlane)
    }

    func runningTasks(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> [GES.GraphTask] {
        if silent(graph.id) { throw Self.noAnswer }
        return try await client.runningTasks(of: graph, dataPlane: dataPlane)
    }

    func realTimeQueries(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> RealTimeQueries {
        if silent(graph.id) { throw Self.noAnswer }
        return try await client.realTimeQueries(of: graph, dataPlane: dataPlane)
    }

    func nodeMetrics(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> NodeMetrics {
        if silent(graph.id) { throw Self.noAnswer }
        return try await client.nodeMetrics(of: graph, dataPlane: dataPlane)
    }

    func acceptsConnections(_ address: String, timeout: Duration) async -> Bool {
        await client.acceptsConnections(address, timeout: timeout)
    }
}
