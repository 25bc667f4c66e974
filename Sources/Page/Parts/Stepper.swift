import Remediation
import Time

/// The way of an incident from the first sign to the verified end: a step for each milestone, with
/// its time once it is reached.
enum Stepper {
    static func list(_ incident: IncidentRecord, _ context: PageContext) -> Markup {
        let steps = steps(incident)
        let last = steps.lastIndex { $0.at != nil }
        let isOpen = incident.endedAt == nil
        let items = steps.enumerated().map { index, step -> Markup in
            guard let at = step.at else {
                // A step that was passed without a time, such as the alert of an ordered restart.
                let isPassed = last.map { index < $0 } ?? false
                return isPassed ? .empty : "<li class=\"ahead\">\(step.name)</li>"
            }
            let isCurrent = isOpen && index == last
            let mark: Markup = isCurrent ? " class=\"current\" aria-current=\"step\"" : .empty
            return "<li\(mark)>\(step.name) \(TimeText.clock(at, context))</li>"
        }
        return "<ol class=\"steps\">\(items.joined())</ol>"
    }

    private static func steps(
        _ incident: IncidentRecord
    ) -> [(name: Markup, at: Timestamp?)] {
        let moments = incident.milestones
        var steps: [(name: Markup, at: Timestamp?)] = [
            ("first sign", moments.firstSignAt), ("alert", moments.alertFiredAt),
            ("proved", moments.provedAt),
        ]
        // What ended by itself, and what only shadow mode decided, has no further steps to come.
        let isOver = incident.endedAt != nil && moments.decidedAt == nil
        if let recovered = moments.recoveredAt, moments.decidedAt == nil {
            return steps + [("recovered", recovered)]
        }
        guard !isOver, !incident.isShadow else { return steps }
        steps += [
            ("decided", moments.decidedAt), ("accepted", moments.acceptedAt),
            ("running again", moments.restartedAt), ("verified", moments.verifiedAt),
        ]
        return steps
    }
}
