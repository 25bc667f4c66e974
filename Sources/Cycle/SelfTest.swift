import Diagnosis
import Remediation
import Rules
import Time

/// What the agent finds out about itself after its first complete evaluation: whether it sees
/// graphs, may act on them, and can be asked to. It is brought up to date with each step, so that a
/// trouble ends with its cause.
package struct SelfTest: Hashable, Sendable {
    /// Graphs in the listing.
    package var graphs = 0
    /// Those that an entry of `graphs` covers.
    package var covered = 0
    /// Those that are restarted, with or without a person.
    package var acting = 0
    /// Whether there are entries of `graphs`, and some of them in a mode that restarts.
    package var hasEntries = false
    package var isMeantToAct = false
    /// Rules whose alerts may ask for a restart.
    package var askingRules = 0
    /// Whether alerts from outside may ask for one.
    package var takesAlerts = false
    /// Paths to graphs, and those through which something came back.
    package var paths = 0
    package var provedPaths = 0
    /// Whether probes were sent, and whether a graph ever answered one.
    package var hasProbed = false
    package var hasAnswer = false

    /// What fails and is no other trouble already.
    var troubles: [Trouble] {
        [noGraphs, actsOnNothing, nobodyAsks, noAnswer].compactMap(\.self)
    }

    private var noGraphs: Trouble? {
        guard graphs == 0 else { return nil }
        return Trouble(
            "no_graphs",
            "the listing is complete and has no graph",
            remedy: "check cloud.region and cloud.project_id; if the project is still empty, wait"
        )
    }

    /// Modes that do not restart are a choice; entries that were meant for graphs and match none
    /// are not.
    private var actsOnNothing: Trouble? {
        guard graphs > 0, acting == 0, isMeantToAct || hasEntries && covered == 0 else {
            return nil
        }
        let entries = covered == 0 ? "no entry of graphs" : "no entry in mode approve or auto"
        return Trouble(
            "acts_on_nothing",
            "no graph may be restarted: \(entries) matches any of the \(graphs) listed graphs",
            remedy:
                "check the conditions and the order of graphs with graphwarden check config --live"
        )
    }

    private var nobodyAsks: Trouble? {
        guard askingRules == 0, !takesAlerts else { return nil }
        return Trouble(
            "nobody_asks",
            "no rule has the label remediate: restart, and alerts are not received by webhook, so"
                + " only persons can ask for a restart",
            remedy: "add the shipped rules to rule_files, or configure webhook"
        )
    }

    private var noAnswer: Trouble? {
        guard hasProbed, !hasAnswer else { return nil }
        return Trouble(
            "no_answer",
            "no graph has answered on the data plane since the start, so the agent cannot tell a"
                + " graph that hangs from one that it asks wrongly",
            remedy: "see graphwarden graphs for how each probe fails; check sampling.data_plane and"
                + " the credentials"
        )
    }
}

extension Cycle {
    /// Nil before the first complete evaluation.
    mutating func selfTest(_ turn: inout Turn, _ view: FleetView) -> SelfTest? {
        if case .written = turn.input.disk { hasWritten = true }
        if turn.evaluation?.groups.isEmpty == false || rules.nextEvaluation == nil {
            hasEvaluated = hasEvaluated || inventory.lastCompleteListing != nil
        }
        guard hasEvaluated, inventory.lastSuccess != nil else { return nil }
        var test = SelfTest()
        test.graphs = view.graphs.count
        for graph in view.graphs.values {
            guard let policy = graph.sharedPolicy else { continue }
            test.covered += 1
            if policy.policy.mode.restarts { test.acting += 1 }
        }
        test.hasEntries = !settings.graphs.isEmpty
        test.isMeantToAct = settings.graphs.contains { $0.policy.mode.restarts }
        test.askingRules = askingRules
        test.takesAlerts = settings.webhook != nil
        let paths = diagnosis.pathStates
        test.paths = paths.count
        test.provedPaths = paths.count { $0.isProved }
        test.hasProbed = inventory.reach == .proved
        hasAnswer = hasAnswer || inventory.entries.values.contains { !$0.answeredAt.isEmpty }
        test.hasAnswer = hasAnswer
        // Whether the ledger can be written is known with the step after the first write.
        if !isSelfTestLogged, hasWritten || turn.readings != nil && turn.input.disk != nil {
            isSelfTestLogged = true
            turn.log.append(line(of: test))
        }
        return test
    }

    private func line(of test: SelfTest) -> LogLine {
        let failing = test.troubles.map(\.name)
        let detectOnly = detectOnlyReasons.map(\.label)
        let isWell = failing.isEmpty && detectOnly.isEmpty && inventory.reach.caution == nil
        return LogLine(
            isWell ? .info : .warning,
            isWell ? "The self-test has passed" : "The self-test has found troubles",
            [
                "graphs": "\(test.graphs)", "covered": "\(test.covered)",
                "acting": "\(test.acting)", "rules": "\(test.askingRules)",
                "webhook": test.takesAlerts ? "yes" : "no",
                "paths": "\(test.provedPaths) of \(test.paths) reached",
                "ledger": hasWritten && diskFailure == nil
                    ? "written" : diskFailure ?? "not written",
                "clock_offset": clockWatch.gatewayOffset?.text ?? "unknown",
                "detect_only": detectOnly.joined(separator: ","),
                "troubles": failing.joined(separator: ","),
            ]
        )
    }

    static func askingRules(_ files: [RuleFile]) -> Int {
        files.lazy.flatMap(\.groups).flatMap(\.rules).count { rule in
            if case .alerting(let alert) = rule { alert.mayAskForRestart } else { false }
        }
    }
}
