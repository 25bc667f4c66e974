import Diagnosis
import Remediation
import Time

/// A policy as the keys of the configuration with their values.
enum PolicyText {
    static func rows(_ policy: Policy) -> [(name: String, value: String)] {
        let rows: [(String, String)] = [
            ("mode", policy.mode.rawValue),
            ("startup_grace", policy.startupGrace.text),
            ("state_change_grace", policy.stateChangeGrace.text),
            ("cooldown", policy.cooldown.text),
            ("max_attempts", windows(policy.maxAttempts)),
            ("max_concurrent", "\(policy.maxConcurrent)"),
            ("max_concurrent_per_path", policy.maxConcurrentPerPath.map { "\($0)" } ?? "no limit"),
            ("budget", windows(policy.budget)),
            ("posts", windows(policy.posts)),
            ("kill_budget", kills(policy.killBudget)),
            ("required_jobs", "\(policy.requiredJobs)"),
            ("require", policy.requirement?.text ?? "nothing"),
            ("breaker", breaker(policy.breaker)),
            ("evidence_timeout", policy.evidenceTimeout.text),
            ("restart_timeout", policy.restartTimeout.text),
            ("verify", "\(policy.verify.probes) probes within \(policy.verify.within.text)"),
            ("veto", vetoes(policy.veto)),
            ("ladder", policy.ladder.rungs.map(\.rawValue).joined(separator: ", ")),
        ]
        return rows + diagnosis(policy.diagnosis)
    }

    private static func diagnosis(_ policy: DiagnosisPolicy) -> [(String, String)] {
        [
            ("diagnosis.readings", "\(policy.readings)"),
            ("diagnosis.gap", policy.gap.text),
            ("diagnosis.observe", policy.observe.text),
            ("diagnosis.job_limit", policy.jobLimit.text),
        ]
    }

    private static func windows(_ limits: [WindowLimit]) -> String {
        limits.map { "\($0.count) in \($0.window.text)" }.joined(separator: ", ")
    }

    private static func kills(_ limits: [KillLimit]) -> String {
        limits.map { "\($0.work.text) of work in \($0.window.text)" }.joined(separator: ", ")
    }

    private static func breaker(_ breaker: Breaker) -> String {
        func threshold(_ threshold: Breaker.Threshold) -> String {
            let percent = threshold.percent.map { " or \($0) percent" } ?? ""
            return threshold.graphs.counted("graph") + percent
        }
        return "soft \(threshold(breaker.soft)), hard \(threshold(breaker.hard))"
            + " within \(breaker.within.text), settle \(breaker.settle.text)"
    }

    private static func vetoes(_ vetoes: [HangClass: Duration]) -> String {
        let set = vetoes.filter { $0.value > .zero }.sorted { $0.key.rawValue < $1.key.rawValue }
        guard !set.isEmpty else { return "not announced" }
        return set.map { "\($0.key.rawValue) \($0.value.text)" }.joined(separator: ", ")
    }
}
