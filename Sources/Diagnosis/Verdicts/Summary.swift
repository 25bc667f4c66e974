/// What follows from a poll for one graph without a claim.
struct Summary: Sendable {
    /// By which it was judged.
    let policy: DiagnosisPolicy
    let assessment: Assessment
    let advances: [Diagnosis.Advance]
    let wasReached: Bool
    let path: Path?

    /// - Parameter verdict: what the signs say.
    init(
        _ graph: GraphCase,
        _ verdict: Verdict,
        _ policy: DiagnosisPolicy,
        in diagnosis: Diagnosis
    ) {
        self.policy = policy
        assessment = diagnosis.assessment(of: graph, verdict)
        advances = graph.advances
        wasReached = graph.wasReached
        path = graph.way?.path
    }
}
