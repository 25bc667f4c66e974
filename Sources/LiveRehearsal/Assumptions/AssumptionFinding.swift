import Time

/// What was seen of one assumption.
package struct AssumptionFinding: Hashable, Sendable {
    /// The raw values are in reports.
    package enum Verdict: String, Hashable, Sendable, CaseIterable {
        case held
        case didNotHold = "did not hold"
        case notSeen = "not seen"
    }

    package let assumption: Assumption
    package let verdict: Verdict
    /// What was seen, or why nothing was.
    package let evidence: String

    package init(_ assumption: Assumption, _ verdict: Verdict, _ evidence: String) {
        self.assumption = assumption
        self.verdict = verdict
        self.evidence = evidence
    }

    init(_ assumption: Assumption, _ holds: Bool, _ evidence: String) {
        self.init(assumption, holds ? .held : .didNotHold, evidence)
    }
}

/// Facts about one side of the service, gathered exchange by exchange. They are bounded whatever
/// the service sends.
protocol AssumptionFacts: Sendable {
    mutating func observe(_ exchange: ObservedExchange, _ terms: AssumptionReport.Terms)
    /// Goes on with a restart that an earlier process has sent.
    mutating func adopt(sentAt: Timestamp, jobID: String?)
    /// What they say; nothing about what was not seen.
    func findings(_ terms: AssumptionReport.Terms) -> [AssumptionFinding]
}

extension AssumptionFacts {
    mutating func adopt(sentAt: Timestamp, jobID: String?) {}
}
