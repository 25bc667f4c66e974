import Cycle
import Diagnosis
import Remediation
import Time

/// What a restart of a graph would destroy, in one phrase.
enum RestartCost {
    static func text(of id: String, _ hangClass: HangClass?, _ context: PageContext) -> String {
        guard let tasks = context.status.view.graphs[GraphID(id)]?.tasks else {
            return "unknown work: the graph has not listed its tasks"
        }
        let cost = tasks.killCost(hangClass ?? .unresponsive)
        let age = TimeText.span(context.now - cost.seenAt)
        guard cost.tasks > 0 else { return "no tasks (listed \(age) ago)" }
        return
            "\(cost.tasks.counted("task")), \(TimeText.span(cost.work)) of work (listed \(age) ago)"
    }
}
