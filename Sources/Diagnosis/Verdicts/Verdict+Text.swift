import Time

extension Verdict: CustomStringConvertible {
    package var description: String {
        switch self {
        case .healthy: "healthy: it answers"
        case .busy(let cause): "busy: \(cause)"
        case .suspect(let since): "suspect since \(since): some signs are silent, no hang is proved"
        case .hung(let hangClass, let since): "hung (\(hangClass.rawValue)) since \(since)"
        case .unknown(_, let text): "unknown: \(text)"
        case .starting: "starting: its engine has not answered since the agent knows it"
        case .flapping(let since): "flapping since \(since): its verdict changes too often"
        case .notEligible(let code): "not eligible: no restart is documented for status \(code)"
        }
    }

    /// What would change the verdict, in one sentence.
    func wouldChange(_ policy: DiagnosisPolicy) -> String {
        switch self {
        case .healthy: "\(policy.readings) silent readings of every sign of the engine"
        case .busy: "the end of that work, or no progress for as long as the rule asks"
        case .suspect: "\(policy.readings) silent readings of every sign of the engine, or answers"
        case .hung: "an answer of the engine, or progress"
        case .unknown(let reason, _): reason.remedy
        case .starting: "a first answer of the graph"
        case .flapping: "an hour without a change"
        case .notEligible: "another status"
        }
    }
}

extension Verdict.UnknownReason {
    fileprivate var remedy: String {
        switch self {
        case .sight: "more readings"
        case .path: "an answer of another graph on this path, or of a canary (diagnosis.canaries)"
        case .pathEvent: "an answer of this graph, or half an hour after the others answer again"
        case .misdirected, .foreignAnswer: "answers of the graph itself at this address"
        case .unclear: "an answer that says whether the graph works"
        case .credential: "a credential that the graph accepts"
        case .throttled: "probes that are not throttled"
        case .progress: "readable tasks or jobs: grant access to them"
        case .load: "no answers to others, as Cloud Eye sees it, for as long as the rule asks"
        case .jobs: "readable management jobs"
        case .agents: "the same verdict of every agent"
        }
    }
}

extension GraphCase {
    /// The newest reading of each sign.
    var signReports: [Assessment.SignReport] {
        let probes = probes.kinds.map { ($0, self.probes[$0]) }
        let others: [(String, SignHistory?)] = [
            ("tasks", tasks.history), ("queries", queries.history), ("jobs", jobs.history),
            ("load", load.history),
        ]
        return (probes + others).compactMap { name, history in
            guard let run = history?.newest else { return nil }
            return Assessment.SignReport(
                sign: name,
                word: run.word,
                answer: run.answer?.label ?? "",
                at: run.last,
                since: run.first
            )
        }
    }
}
