import Diagnosis
import Time

extension Policy {
    /// What makes no sense. A configuration with any of these is refused. Each is a sentence that
    /// begins with the key of the configuration file.
    package var problems: [String] {
        var problems: [String] = []
        let durations = [
            ("startup_grace", startupGrace), ("state_change_grace", stateChangeGrace),
            ("cooldown", cooldown), ("evidence_timeout", evidenceTimeout),
            ("restart_timeout", restartTimeout), ("verify.within", verify.within),
        ]
        for (key, duration) in durations where duration < .zero {
            problems.append("\(key) must not be negative, but is \(duration.text)")
        }
        for (hangClass, period) in veto.sorted(by: { $0.key.rawValue < $1.key.rawValue })
        where period < .zero {
            problems.append("veto.\(hangClass.rawValue) must not be negative")
        }
        problems += maxAttempts.problems(in: "max_attempts") + budget.problems(in: "budget")
        problems += posts.problems(in: "posts")
        for limit in killBudget
        where limit.window <= .zero || limit.window > WindowLimit.longestWindow {
            problems.append(
                "the window \(limit.window.text) of kill_budget must be longer than 0s "
                    + "and at most \(WindowLimit.longestWindow.text)"
            )
        }
        if restartTimeout == .zero { problems.append("restart_timeout must be longer than 0s") }
        if let requirement, !(0...1).contains(requirement.precision) {
            problems.append("require.precision must be between 0 and 1")
        }
        if let requirement, !(1...Scorecard.window).contains(requirement.decisions) {
            problems.append("require.decisions must be between 1 and \(Scorecard.window)")
        }
        if maxConcurrent < 0 { problems.append("max_concurrent must not be negative") }
        if verify.probes < 1 { problems.append("verify.probes must be at least 1") }
        return problems + breaker.problems + ladderProblems
    }

    /// What is allowed, but weakens the promise that a graph is not restarted twice.
    package var cautions: [String] {
        var cautions: [String] = []
        if cooldown < Timing.landingBound {
            cautions.append(
                "cooldown \(cooldown.text) is shorter than \(Timing.landingBound.text), "
                    + "within which a restart whose answer was lost may still land"
            )
        }
        if stateChangeGrace < .seconds(5 * 60) {
            cautions.append(
                "state_change_grace \(stateChangeGrace.text) is shorter than a graph "
                    + "usually needs to settle after a change"
            )
        }
        for (name, threshold) in [("soft", breaker.soft), ("hard", breaker.hard)]
        where threshold.graphs == 1 {
            cautions.append(
                "breaker.\(name).graphs 1 counts as 2: one graph has nothing in common with others"
            )
        }
        return cautions + ladderCautions
    }

    /// The most POSTs of the whole fleet that this policy allows in any span of this length, those
    /// that GES refuses included; nil if nothing bounds them.
    package func mostPosts(in span: Duration) -> Int? {
        posts.map { $0.most(in: span) }.min()
    }

    /// The same of one graph: while GES refuses them, each waits twice as long as the one before.
    package func mostPostsOfOneGraph(in span: Duration) -> Int? {
        var (count, at, wait) = (0, Duration.zero, Timing.unsentWait)
        while at < span, count < WindowLimit.largestCount {
            count += 1
            at += wait
            wait = min(wait * 2, Timing.longestUnsentWait)
        }
        // A start uses up no attempt.
        let restarts = mostRestartsOfOneGraph(in: span) ?? WindowLimit.largestCount
        let accepted = ladder.rungs.contains(.stopAndStart) ? restarts * 2 : restarts
        return [mostPosts(in: span), max(count, accepted)].compactMap(\.self).min()
    }

    /// The times that keep two restarts of one graph apart, as sentences.
    /// - Parameter isSigned: whether the gateway refuses a late request by its signature.
    package func timing(isSigned: Bool) -> [String] {
        let bound = Timing.landingBound.text
        let landing =
            isSigned
            ? "a restart whose answer was lost takes effect within \(bound) or never: the gateway"
                + " refuses it after 15m, clocks may differ by 1m, and the status changes within 10m"
            : "a restart whose answer was lost is taken as not landed after \(bound), but a request"
                + " with a token is not refused for being late: only the cooldown follows it; use"
                + " access keys or an agency where that matters"
        let apart =
            cooldown >= Timing.landingBound
            ? "cooldown \(cooldown.text) is longer, so a late restart cannot meet the next attempt"
            : "cooldown \(cooldown.text) is shorter: a late restart can meet the next attempt"
        return [
            landing, apart,
            "an attempt ends after at most \((restartTimeout + verify.within).text): \(restartTimeout.text)"
                + " until the graph runs again, \(verify.within.text) to verify it",
        ]
    }

    /// The most restarts of the whole fleet that this policy allows in any span of this length;
    /// nil if nothing bounds them.
    package func mostRestarts(in span: Duration) -> Int? {
        (budget + posts).map { $0.most(in: span) }.min()
    }

    /// The most restarts of one graph that this policy allows in any span of this length without
    /// an order; nil if nothing bounds them.
    package func mostRestartsOfOneGraph(in span: Duration) -> Int? {
        var bounds = (maxAttempts + budget + posts).map { $0.most(in: span) }
        if cooldown > .zero {
            bounds.append(1 + Int(clamping: span.wholeMilliseconds / cooldown.wholeMilliseconds))
        }
        return bounds.min()
    }
}

extension [WindowLimit] {
    func problems(in key: String) -> [String] {
        var problems: [String] = []
        if isEmpty { problems.append("\(key) must have at least one window") }
        for limit in self {
            if limit.window <= .zero || limit.window > WindowLimit.longestWindow {
                problems.append(
                    "the window \(limit.window.text) of \(key) must be longer than 0s "
                        + "and at most \(WindowLimit.longestWindow.text)"
                )
            }
            if limit.count < 0 || limit.count > WindowLimit.largestCount {
                problems.append(
                    "the count \(limit.count) of \(key) must be between 0 "
                        + "and \(WindowLimit.largestCount)"
                )
            }
        }
        return problems
    }
}

extension WindowLimit {
    /// Attempts are kept for a day longer than this (`Timing.attemptRetention`).
    static let longestWindow: Duration = .seconds(7 * 86_400)
    static let largestCount = 1000

    /// A span that is not a whole number of windows touches one more of them.
    func most(in span: Duration) -> Int {
        let spans = span.wholeMilliseconds
        let windows = max(1, window.wholeMilliseconds)
        let started = spans / windows + (spans % windows == 0 ? 0 : 1)
        return Int(clamping: max(started, 1)) * count
    }
}

extension Breaker {
    fileprivate var problems: [String] {
        var problems: [String] = []
        for (name, threshold) in [("soft", soft), ("hard", hard)] {
            if threshold.graphs < 1 {
                problems.append("breaker.\(name).graphs must be at least 1")
            }
            if let percent = threshold.percent, !(0...100).contains(percent) {
                problems.append("breaker.\(name).percent must be between 0 and 100")
            }
        }
        let percents = (soft.percent ?? 100, hard.percent ?? 100)
        if hard.graphs < soft.graphs || percents.1 < percents.0 {
            problems.append("breaker.hard must not be below breaker.soft")
        }
        for (name, duration) in [("within", within), ("settle", settle)]
        where duration < .zero || duration > WindowLimit.longestWindow {
            problems.append(
                "breaker.\(name) must be between 0s and \(WindowLimit.longestWindow.text)"
            )
        }
        if within == .zero { problems.append("breaker.within must be longer than 0s") }
        return problems
    }
}
