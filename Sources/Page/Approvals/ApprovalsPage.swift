import Cycle
import Remediation
import Time

/// Every graph that waits for a person, with what the decision rests on and what it costs.
package enum ApprovalsPage {
    /// Bounds the page. The list of graphs has all of them.
    private static let maximumItems = 500

    package static func render(_ context: PageContext) -> Markup {
        let waiting = NeedsYou.graphs(context)
        return Layout.document(
            context,
            title: waiting.isEmpty ? "Approvals" : "\(waiting.count) to decide",
            current: .approvals,
            """
            <h1>Approvals</h1>
            \(waiting.isEmpty ? calm : list(waiting, context))
            """
        )
    }

    private static let calm: Markup =
        "<p class=\"calm\">No approvals are pending.</p>"

    private static func list(_ waiting: [NeedsYou.Waiting], _ context: PageContext) -> Markup {
        let items = waiting.prefix(maximumItems).map { NeedsYou.item($0, context) }.joined()
        let rest = waiting.count - maximumItems
        let graphs = context.link(.graphs(query: "?state=awaiting_approval"))
        let more: Markup =
            rest > 0 ? "<p><a href=\"\(graphs)\">\(rest.counted("more graph"))</a></p>" : .empty
        let counts = waiting.count.counted("graph") + (waiting.count == 1 ? " is" : " are")
        return """
            <p>\(counts) waiting for a decision. \(howTo(context))</p>
            <ul class="cards">\(items)</ul>\(more)
            """
    }

    private static func howTo(_ context: PageContext) -> Markup {
        context.acceptsOrders
            ? "A restart kills the running tasks of a graph. You confirm each decision."
            : """
            Orders need <code>--web.enable-admin-api</code>, which is not set.
            """
    }
}
