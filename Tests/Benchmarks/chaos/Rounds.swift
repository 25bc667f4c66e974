import Foundation
import Synchronization
import Workbench

/// Runs rounds side by side, then repeats alone those that the machine was too busy to judge.
struct Rounds {
    let plans: [RoundPlan]
    let binary: URL
    let parallel: Int
    /// Whether the story of a round is printed although it was kept.
    let isNarrated: Bool

    private static let mostRepetitions = 3
    /// No repetition begins later: on a machine that stays busy each takes minutes and shows nothing.
    private static let repetitionTime = Duration.seconds(5 * 60)

    func run() async -> Tally {
        let left = Queue(plans)
        let inconclusive = Queue<RoundReport>([])
        let tally = Tally()
        await withDiscardingTaskGroup { group in
            for _ in 0..<parallel {
                group.addTask {
                    while let plan = left.next() {
                        let report = await report(plan)
                        if report.outcome == .inconclusive {
                            inconclusive.add(report)
                        } else {
                            tally.add(report)
                        }
                    }
                }
            }
        }
        let end = ContinuousClock.now + Self.repetitionTime
        while let report = inconclusive.next() {
            if .now < end { tally.addRepeated() }
            tally.add(await repeated(report, until: end))
        }
        return tally
    }

    private func repeated(
        _ first: RoundReport,
        until end: ContinuousClock.Instant
    ) async -> RoundReport {
        var newest = first
        for _ in 0..<Self.mostRepetitions where newest.outcome == .inconclusive && .now < end {
            newest = await report(first.plan)
        }
        return newest
    }

    private func report(_ plan: RoundPlan) async -> RoundReport {
        let report = await RoundRun(plan: plan, binary: binary).report()
        if isNarrated { say(report.story.joined(separator: "\n")) }
        if let text = report.failure { say(text) }
        return report
    }
}

/// What is still to be run.
private final class Queue<Element: Sendable>: Sendable {
    private let elements: Mutex<[Element]>

    init(_ elements: [Element]) {
        self.elements = Mutex(elements.reversed())
    }

    func next() -> Element? {
        elements.withLock { $0.popLast() }
    }

    func add(_ element: Element) {
        elements.withLock { $0.insert(element, at: 0) }
    }
}

/// The sums over all rounds.
final class Tally: Sendable {
    private struct State {
        var rounds = 0
        var failed = 0
        var repeated = 0
        var inconclusive = 0
        var requests = 0
        var attempts = 0
        var fast = 0
        var delay = Duration.zero
    }

    private let state = Mutex(State())

    /// A round that is repeated, whose first report does not count.
    func addRepeated() {
        state.withLock { $0.repeated += 1 }
    }

    func add(_ report: RoundReport) {
        state.withLock { state in
            state.rounds += 1
            switch report.outcome {
            case .kept: break
            case .broken: state.failed += 1
            case .inconclusive: state.inconclusive += 1
            }
            state.requests += report.requests
            state.attempts += report.attempts
            if report.wasFast { state.fast += 1 }
            state.delay = max(state.delay, report.delay)
        }
    }

    var summary: String {
        state.withLock { state in
            "\(state.rounds) rounds, \(state.attempts) attempts, \(state.requests) requests for a"
                + " restart, \(state.fast) rounds with faster time, \(state.failed) rounds failed,"
                + " \(state.repeated) repeated, \(state.inconclusive) inconclusive, longest delay"
                + " \(Int(state.delay / .milliseconds(1))) ms"
        }
    }

    var verdict: Verdict {
        state.withLock { state in
            if state.failed > 0 { return .wrong }
            return state.inconclusive > 0 ? .boundMissed : .good
        }
    }
}
