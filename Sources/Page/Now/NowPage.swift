import Cycle
package import Remediation
import Time

/// The first page: does anything need me, what is happening, what happened, how is the fleet.
package enum NowPage {
    /// - Parameter incidents: those that were open within the last day, the newest first; nil if
    ///   they could not be read.
    package static func render(_ context: PageContext, incidents: [IncidentRecord]?) -> Markup {
        let needs = NeedsYou(context)
        let open = incidents?.filter { $0.endedAt == nil } ?? []
        // What cannot be read is not taken for calm.
        let isCalm = needs.isEmpty && open.isEmpty && incidents != nil
        return Layout.document(
            context,
            title: needs.isEmpty
                ? "\(context.calmTitle)"
                : "\(needs.count) \(needs.count == 1 ? "needs" : "need") you",
            current: .now,
            """
            <h1 class="hidden">Now</h1>
            \(needs.section)
            \(isCalm ? calm(context) : Markup.empty)
            \(Happening.section(open, context))
            \(LastDay.section(incidents, context))
            \(FleetMap.section(context))
            """
        )
    }

    /// One line when there is nothing to do.
    private static func calm(_ context: PageContext) -> Markup {
        let counts = VerdictCounts(context.status)
        guard counts.total > 0 else {
            return "<p class=\"calm\">No graphs are listed in this project.</p>"
        }
        let well = (counts.counts["healthy"] ?? 0) + (counts.counts["busy"] ?? 0)
        let state: Markup =
            well == counts.total
            ? well == 1 ? "The only graph is well." : "All \(counts.total) graphs are well."
            : "\(well) of \(counts.total.counted("graph")) \(well == 1 ? "is" : "are") well; "
                + "nothing needs you."
        return "<p class=\"calm\">\(state) \(lastRestart(context))</p>"
    }

    private static func lastRestart(_ context: PageContext) -> Markup {
        let newest = context.status.machine.recordsInUse
            .flatMap { $0.attempts.map(\.createdAt) }.max()
        guard let newest else { return "No recent restart." }
        return "Last restart: \(TimeText.ago(newest, context))."
    }
}

extension PageContext {
    var calmTitle: String {
        "\(status.inventory.entries.count.counted("graph"))"
    }
}
