import Diagnosis
import Remediation
import StrictYAML
import Time

/// Reads the keys of `remediation`. An entry of `graphs` may override any of them for its own
/// graphs; absent keys keep the value of `base`.
struct PolicyReader {
    let base: Policy
    /// Between two probes of a graph.
    let interval: Duration
    /// Whether it is an entry of `graphs`. The section `diagnosis` stands beside `remediation`, and
    /// an entry has both.
    var isEntry = false

    func read(_ reader: YAMLMappingReader) -> Policy {
        var policy = base
        policy.startupGrace = reader.value("startup_grace", .duration, default: base.startupGrace)
        policy.stateChangeGrace = reader.value(
            "state_change_grace",
            .duration,
            default: base.stateChangeGrace
        )
        policy.cooldown = reader.value("cooldown", .duration, default: base.cooldown)
        policy.maxAttempts = reader.value(
            "max_attempts",
            Self.windowLimits,
            default: base.maxAttempts
        )
        policy.maxConcurrent = reader.value(
            "max_concurrent",
            .int(in: 1...1_000),
            default: base.maxConcurrent
        )
        policy.maxConcurrentPerPath =
            reader.optional("max_concurrent_per_path", .int(in: 1...1_000))
            ?? base.maxConcurrentPerPath
        policy.killBudget = reader.value("kill_budget", Self.killLimits, default: base.killBudget)
        policy.requiredJobs = reader.value(
            "required_jobs",
            .int(in: 0...1_000),
            default: base.requiredJobs
        )
        policy.budget = reader.value("budget", Self.windowLimits, default: base.budget)
        policy.posts = reader.value("posts", Self.windowLimits, default: base.posts)
        policy.breaker = reader.value("breaker", breaker, default: base.breaker)
        policy.evidenceTimeout = reader.value(
            "evidence_timeout",
            .duration,
            default: base.evidenceTimeout
        )
        policy.restartTimeout = reader.value(
            "restart_timeout",
            .duration(in: .milliseconds(1)...PrometheusDuration.maximum),
            default: base.restartTimeout
        )
        policy.verify = reader.value("verify", verification, default: base.verify)
        policy.veto = reader.value("veto", veto, default: base.veto)
        let requirement = reader.optional("require", requirement) ?? base.requirement
        policy.requirement = requirement?.decisions == 0 ? nil : requirement
        policy.ladder = ladder(reader)
        if isEntry {
            let diagnosis = DiagnosisReader(base: base.diagnosis)
            policy.diagnosis = reader.value("diagnosis", diagnosis.type, default: base.diagnosis)
        }
        // What an entry inherits is reported where it is written.
        for problem in policy.problems where !base.problems.contains(problem) {
            reader.report(problem, at: key(in: problem))
        }
        for caution in policy.cautions where !base.cautions.contains(caution) {
            reader.report(caution, at: key(in: caution), severity: .warning)
        }
        reportUnmet(policy, to: reader)
        return policy
    }

    /// Verifications that cannot succeed at the interval of the probes.
    private func reportUnmet(_ policy: Policy, to reader: YAMLMappingReader) {
        if policy.verify != base.verify,
            let problem = Self.unmet(policy.verify, interval: interval)
        {
            reader.report(problem, at: "verify")
        }
        if policy.ladder != base.ladder || policy.verify != base.verify,
            let problem = policy.unmetCancel(interval: interval)
        {
            reader.report(problem, at: policy.ladder != base.ladder ? "ladder" : "verify")
        }
    }

    /// The key that a message of `Policy` is about.
    private func key(in message: String) -> String? {
        let words = message.split { !($0.isLetter || $0 == "_") }
        let keys = [
            "startup_grace", "state_change_grace", "cooldown", "max_attempts", "max_concurrent",
            "max_concurrent_per_path", "kill_budget", "required_jobs", "budget", "posts", "breaker",
            "evidence_timeout", "restart_timeout", "verify", "veto", "require", "ladder",
            "task_limits", "cancels",
        ]
        return words.lazy.map(String.init).first(where: keys.contains)
    }

    /// A verification that cannot succeed would judge every restart a failure, and lead to the
    /// next.
    static func unmet(_ verify: Verification, interval: Duration) -> String? {
        let shortest = interval * (verify.probes - 1)
        guard verify.within < shortest else { return nil }
        return "verify: \(verify.probes) probes take at least"
            + " \(PrometheusDuration.format(shortest)) at sampling.interval"
            + " \(PrometheusDuration.format(interval)), but within is"
            + " \(PrometheusDuration.format(verify.within)): no restart could be verified"
    }

    /// Work per sliding window: `{24h: 50h}` allows to kill tasks that have run for 50 hours
    /// together in any 24 hours.
    private static var killLimits: YAMLType<[KillLimit]> {
        YAMLType<[YAMLKeyed<Duration>]>.dictionary(of: .duration).converted(
            placeholder: []
        ) { entries throws(YAMLProblem) in
            let windows = try windows(entries.map(\.key))
            return zip(windows, entries)
                .map { KillLimit(window: $0, work: $1.value) }
                .sorted { $0.window < $1.window }
        }
    }

    /// Limits per sliding window: `{6h: 2, 24h: 3}` allows 2 in any 6 hours and 3 in any 24 hours.
    private static var windowLimits: YAMLType<[WindowLimit]> {
        YAMLType<[YAMLKeyed<Int>]>.dictionary(of: .int(in: 0...100_000)).converted(
            placeholder: []
        ) { entries throws(YAMLProblem) in
            guard !entries.isEmpty else {
                throw YAMLProblem("must contain at least one window such as 1h: 3")
            }
            let windows = try windows(entries.map(\.key))
            return zip(windows, entries)
                .map { WindowLimit(window: $0, count: $1.value) }
                .sorted { $0.window < $1.window }
        }
    }

    private static func windows(_ keys: [String]) throws(YAMLProblem) -> [Duration] {
        var windows: [Duration] = []
        for key in keys {
            guard let window = try? PrometheusDuration.parse(key), window > .zero else {
                throw YAMLProblem("\"\(key)\" is not a duration such as 6h")
            }
            guard !windows.contains(window) else {
                throw YAMLProblem("duplicate window \(key)")
            }
            windows.append(window)
        }
        return windows
    }

    private func ladder(_ reader: YAMLMappingReader) -> Ladder {
        let base = base.ladder
        var ladder = base
        let rungs = YAMLType<[Rung]>.list(of: .oneOf(Rung.self), count: 1...Rung.allCases.count)
        ladder.rungs = reader.value("ladder", rungs, default: base.rungs)
        // What could not be read is reported already.
        if ladder.rungs.isEmpty { ladder.rungs = base.rungs }
        ladder.taskLimits = reader.value("task_limits", taskLimits, default: base.taskLimits)
        ladder.cancels = reader.value("cancels", Self.windowLimits, default: base.cancels)
        return ladder
    }

    private var taskLimits: YAMLType<[CancellableTask.Kind: Duration]> {
        let base = base.ladder.taskLimits
        return .mapping { reader in
            var limits = base
            for kind in CancellableTask.Kind.allCases {
                if let limit = reader.optional(kind.rawValue, .duration) { limits[kind] = limit }
            }
            return limits
        }
    }

    private var breaker: YAMLType<Breaker> {
        let base = base.breaker
        return .mapping { reader in
            var breaker = Breaker(
                soft: reader.value("soft", Self.threshold(base.soft), default: base.soft),
                hard: reader.value("hard", Self.threshold(base.hard), default: base.hard)
            )
            breaker.within = reader.value("within", .duration, default: base.within)
            breaker.settle = reader.value("settle", .duration, default: base.settle)
            return breaker
        }
    }

    private static func threshold(_ base: Breaker.Threshold) -> YAMLType<Breaker.Threshold> {
        .mapping { reader in
            Breaker.Threshold(
                graphs: reader.value("graphs", .int(in: 0...1_000_000), default: base.graphs),
                percent: reader.optional("percent", .double(in: 0...100)) ?? base.percent
            )
        }
    }

    private var verification: YAMLType<Verification> {
        let base = base.verify
        return .mapping { reader in
            Verification(
                probes: reader.value("probes", .int(in: 1...1_000), default: base.probes),
                within: reader.value("within", .duration, default: base.within)
            )
        }
    }

    private var requirement: YAMLType<Requirement> {
        let base = base.requirement ?? Requirement(precision: 0.95, decisions: 10)
        return .mapping { reader in
            Requirement(
                precision: reader.value(
                    "precision",
                    .double(in: 0...1),
                    default: base.precision
                ),
                decisions: reader.value(
                    "decisions",
                    .int(in: 0...Scorecard.window),
                    default: base.decisions
                )
            )
        }
    }

    private var veto: YAMLType<[HangClass: Duration]> {
        let base = base.veto
        return .mapping { reader in
            var veto = base
            for hangClass in HangClass.allCases {
                if let period = reader.optional(hangClass.rawValue, .duration) {
                    veto[hangClass] = period
                }
            }
            return veto
        }
    }
}
