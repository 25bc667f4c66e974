import Time

/// What becomes of a cancelled task. The request names one task, so one that lands late cancels
/// nothing else, and the graph needs no longer rest than the time in which it has to answer.
extension Machine {
    /// Whether GES took the request or its answer was lost: the graph has ten minutes to answer.
    mutating func awaitRecovery(afterCancel intent: Intent, _ step: inout Step) {
        let verifying = Phase.Verifying(
            intent: intent,
            wasStalled: false,
            since: step.at,
            deadline: step.at + Timing.cancelPatience
        )
        move(intent.graphID, to: .verifying(verifying))
        let detail = "the graph has until \(verifying.deadline) to answer"
        audit(.verifying, of: intent, &step, detail)
    }

    /// How a cancel that did not bring the graph back ends.
    func outcome(ofVainCancel intent: Intent) -> AttemptOutcome {
        let attempt = records[intent.graphID]?.attempts.last { $0.intentID == intent.id }
        return attempt?.postOutcome == "accepted" ? .notRecovered : .probablyNotLanded
    }

    /// A task that was cancelled in vain owes the graph no rest: the next rung is due as soon as
    /// every gate is open.
    mutating func release(
        afterCancel intent: Intent,
        _ outcome: AttemptOutcome,
        because cause: String?,
        _ step: inout Step
    ) {
        switch outcome {
        case .verified: coolDown(intent, outcome, &step)
        case .notSent, .throttled:
            backOff(intent, outcome, atLeast: nil, because: cause, &step)
        default: move(intent.graphID, to: .idle)
        }
    }
}
