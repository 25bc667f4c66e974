import Cycle
import Diagnosis
package import Remediation
import Rules
import Time

/// One graph: what its signs say, why it is or is not restarted, and what happened to it.
package enum GraphPage {
    /// What the page shows besides the status.
    package struct Inputs: Sendable {
        /// nil while a step writes to the series.
        var signs: SignReader?
        /// The newest incidents of the graph; nil if they could not be read.
        var incidents: [IncidentRecord]?
        /// The answer to an order that was just given; nil if none was.
        var answer: OrderAnswerText?

        package init(
            signs: SignReader?,
            incidents: [IncidentRecord]?,
            answer: OrderAnswerText? = nil
        ) {
            self.signs = signs
            self.incidents = incidents
            self.answer = answer
        }
    }

    /// nil if no such graph is known.
    package static func render(
        _ context: PageContext,
        id: String,
        _ inputs: Inputs
    ) -> Markup? {
        guard let entry = context.status.inventory.entries[id] else { return nil }
        let explanation = context.status.machine.explain(
            GraphID(id),
            in: context.status.view,
            at: context.now
        )
        let view = GraphSections(context: context, entry: entry, explanation: explanation)
        return Layout.document(
            context,
            title: entry.graph.name,
            current: nil,
            """
            \(view.head(inputs.answer))
            \(view.signs(inputs.signs))
            \(view.why)
            \(view.incidents(inputs.incidents))
            \(view.work)
            \(view.alerts)
            \(view.policy)
            """
        )
    }
}

/// What was answered to an order, shown where its button was.
package struct OrderAnswerText: Sendable, Hashable {
    package var isDone: Bool
    package var text: String

    package init(isDone: Bool, text: String) {
        self.isDone = isDone
        self.text = text
    }

    var markup: Markup {
        "<p class=\"answer \(isDone ? "done" : "refused")\" role=\"status\">\(text)</p>"
    }
}

/// The sections of the page of a graph.
struct GraphSections {
    let context: PageContext
    let entry: Inventory.Entry
    let explanation: Explanation

    var id: String { entry.graph.id }
    var graphID: GraphID { GraphID(entry.graph.id) }
    var view: GraphView? { context.status.view.graphs[graphID] }
    var assessment: Assessment? { context.status.assessment(of: id) }

    func section(_ name: Markup, _ title: Markup, _ content: Markup) -> Markup {
        """
        <section aria-labelledby="\(name)"><h2 id="\(name)">\(title)</h2>
        \(content)</section>

        """
    }

    // MARK: Head

    func head(_ answer: OrderAnswerText?) -> Markup {
        let label = view?.verdict.label ?? "unknown"
        let since = view?.verdict.since ?? entry.statusSince
        return """
            <div class="graph-head"><h1>\(id: entry.graph.name)</h1>
            <p class="facts">\(VerdictMark.chip(label)) since \(TimeText.ago(since, context)) ·
            status \(entry.graph.status.description) · \(mode)</p>
            <p class="facts"><code id="graph-id">\(id: id)</code>
            <button type="button" class="copy" data-copy="graph-id" hidden>Copy</button> \(details)</p>
            \(answer?.markup)
            <p class="buttons">\(OrderButtons.buttons(verbs, graph: id, context))</p></div>
            """
    }

    private var details: Markup {
        let facts = [
            entry.graph.edition,
            entry.graph.version.isEmpty ? "" : "version \(entry.graph.version)",
            entry.lastSize.map { size in
                [
                    size.size.vertices.map { "\($0) vertices" },
                    size.size.edges.map { "\($0) edges" },
                ]
                .compactMap(\.self).joined(separator: ", ")
            } ?? "",
        ].filter { !$0.isEmpty }
        return "<span class=\"aside\">\(facts.joined(separator: " · "))</span>"
    }

    private var mode: Markup {
        guard let view, let policy = view.policy else {
            return "no entry of the configuration matches: never restarted"
        }
        return "mode \(policy.mode.rawValue) by entry \(id: view.entry ?? "")"
    }

    /// What a person may order now. A pause and a restart are always possible.
    private var verbs: [String] {
        let answer: [String] =
            switch explanation.phase {
            case .awaitingApproval: ["approve", "reject"]
            case .countingDown: ["reject"]
            case .exhausted, .stalled, .suspended: ["acknowledge"]
            default: []
            }
        let isPaused = context.status.machine.pauses.contains { $0.scope == .graph(graphID) }
        return answer + [isPaused ? "resume" : "pause", "restart"]
    }
}
