// The sentences end a line such as "GraphHung asks for a restart, but ..." or "held: ...", so they
// begin in lower case, speak of the graph as "it", and have no full stop.

import Diagnosis
import Time

extension HoldReason: CustomStringConvertible {
    /// One sentence for people, with the numbers.
    package var description: String {
        switch self {
        case .unknownGraph: "the agent has never seen this graph"
        case .modeOff: "mode is off"
        case .notSelected: "no entry of graphs in the configuration matches it"
        case .detectOnly(let cause): "the agent is detect-only: \(cause)"
        case .paused(let pause): pause.description
        case .pauseGrace(let until): "observing until \(until), after a pause"
        case .externalHold(let hold): hold.description
        case .shadow: "mode is shadow: decided and recorded, but not sent"
        case .undiagnosed(let verdict): "no hang is proved; \(verdict)"
        case .classMismatch(let hangClass, let code):
            "the alert says \(hangClass.rawValue), which goes with status "
                + "\(hangClass.expectedStatusCode), but its status is \(code)"
        case .credentialRefused(let id, let at, let until):
            "GES refused the credential at the restart of \(id) at \(at); nothing is sent with it "
                + "until \(until), unless it is replaced"
        case .throttled(let id, let until):
            "GES turned away the restart of \(id) and asks for no other one until \(until)"
        case .jobListUnread(let cause):
            "reading the job list: others may have restarted it while the agent saw nothing"
                + (cause.isEmpty ? "" : " (\(cause))")
        case .startupGrace(let until): "observing until \(until), after a start or a loss of sight"
        case .stateChangeGrace(let code, let until):
            "its status changed to \(code) recently; left alone until \(until)"
        case .busy, .coolingDown, .unsent, .waiting, .suspended, .externalAction, .stalled,
            .exhausted, .attemptsUsed, .ladderEnded:
            historyText
        case .concurrency, .pathConcurrency, .budgetUsed, .postsUsed, .killCost, .storm, .canary,
            .ineffective:
            fleetText
        case .fewJobs(let hangClass, let ended, let needed):
            "a person must approve it: "
                + (ended.map { "\($0) \(hangClass.rawValue) jobs of it are known" }
                    ?? "it is not known how long \(hangClass.rawValue) jobs of it take")
                + ", and \(needed) of the last month are needed"
        case .normalDuration(let hangClass, let p99, let until):
            "left alone until \(until): \(hangClass.rawValue) jobs of it take up to \(p99.text) (p99), and"
                + " three times that is normal"
        case .imprecise(let hangClass, let entry, let score, let requirement):
            (requirement.isMet(by: score)
                ? "a person was asked and has to answer: " : "a person must approve it: ")
                + requirement.sentence(of: score, hangClass, entry: entry)
        case .approvalPending(let since):
            since.map { "a person must approve it; asked at \($0)" } ?? "a person must approve it"
        case .vetoPeriod(let until):
            until.map { "announced; may be vetoed until \($0)" } ?? "must be announced first"
        }
    }

    private var historyText: String {
        switch self {
        case .busy(let phase): "a restart of it is in progress (\(phase))"
        case .coolingDown(let until, let attempt, let outcome):
            "cooling down until \(until) after attempt \(attempt), which \(outcome.text)"
        case .unsent(let until, let cause), .waiting(let until, let cause):
            "waiting until \(until): \(cause)"
        case .suspended(let until, let by, let reason):
            "suspended until \(until) by \(by): \(reason)"
        case .externalAction(let since):
            "someone else has been stopping or starting it since \(since)"
        case .stalled(let since): "its last restart stalled at \(since); a person must acknowledge"
        case .exhausted(let since): "exhausted since \(since); a person must acknowledge"
        case .attemptsUsed(let count, let limit, let until):
            "it has used \(count) of \(limit.count) attempts in \(limit.window.text)"
                + (until.map { ", until \($0)" } ?? "; a person must acknowledge")
        case .ladderEnded(let attempt):
            "every rung of its ladder was tried, up to attempt \(attempt); a person must acknowledge"
        default: label
        }
    }

    private var fleetText: String {
        switch self {
        case .concurrency(let inFlight, let limit):
            "\(inFlight.count) of \(limit) places are taken" + inFlight.afterColon
        case .pathConcurrency(let path, let inFlight, let limit):
            "\(inFlight.count) of \(limit) places on the path \(path) are taken"
                + inFlight.afterColon
        case .killCost(let cost, let killed, let limit):
            "a person must approve it: it would kill \(cost); restarts have killed \(killed.taskHours) of "
                + "work in \(limit.window.text), and may kill \(limit.work.taskHours)"
        case .budgetUsed(let count, let limit, let until):
            "the fleet has used \(count) of \(limit.count) restarts in \(limit.window.text)"
                + until.orNothing
        case .postsUsed(let count, let limit, let until):
            "the fleet has sent \(count) of \(limit.count) requests for a restart in "
                + "\(limit.window.text)" + until.orNothing
        case .storm(let storm): storm.description
        case .canary(let others):
            "after a storm restarts go one by one, and another one is not verified yet"
                + others.afterColon
        case .ineffective(let graphs, let count, let until):
            "restarts do not help: of the \(count) graphs that were restarted last, "
                + "\(graphs.count) did not come back\(graphs.afterColon); "
                + "a person must acknowledge them" + (until.map { ", or it ends at \($0)" } ?? "")
        default: label
        }
    }
}

extension [GraphID] {
    /// Names the first three only: the sentence stays one line however large the fleet is.
    fileprivate var afterColon: String {
        guard !isEmpty else { return "" }
        let named = prefix(3).map(\.rawValue).joined(separator: ", ")
        return count > 3 ? ": \(named) and \(count - 3) more" : ": \(named)"
    }
}

extension Timestamp? {
    fileprivate var orNothing: String {
        map { ", until \($0)" } ?? ""
    }
}
