import Cycle
import Remediation
import Time

/// What was done to graphs: attempts in flight first, then the newest, and how much of the limits
/// of the fleet is used.
package enum RemediationsPage {
    /// Bounds the page. The ledger has all of them.
    private static let maximumRows = 500

    private struct Row {
        let record: GraphRecord
        let attempt: Attempt
        let flight: RestartInFlight?

        /// Those in flight first.
        var key: (Int, Int64, String, Int) {
            (
                flight == nil ? 1 : 0, -attempt.createdAt.milliseconds, record.id.rawValue,
                -attempt.number
            )
        }
    }

    package static func render(_ context: PageContext) -> Markup {
        let limits = FleetLimits(context)
        return Layout.document(
            context,
            title: "Remediations",
            current: .remediations,
            """
            <h1>Remediations</h1>
            \(limits.holds)
            \(attempts(context))
            \(ScorecardTable(context: context).section)
            \(Section.render("limits", "Fleet limits", limits.table))
            """
        )
    }

    private static func rows(_ context: PageContext) -> [Row] {
        let machine = context.status.machine
        let flights = Dictionary(
            machine.restartsInFlight(.fleet, context.status.view).map { ($0.graphID, $0) }
        ) { first, _ in first }
        return machine.recordsInUse.flatMap { record in
            record.attempts.map { attempt in
                let flight = attempt.ending == nil ? flights[record.id] : nil
                return Row(record: record, attempt: attempt, flight: flight)
            }
        }.sorted { $0.key < $1.key }
    }

    private static func attempts(_ context: PageContext) -> Markup {
        let rows = rows(context)
        guard !rows.isEmpty else {
            return "<p class=\"calm\">No recent restarts.</p>"
        }
        let flying = rows.count { $0.flight != nil }
        let rest = rows.count - maximumRows
        let history = context.link(.history)
        let more: Markup =
            rest > 0
            ? " \(rest.counted("older attempt")) in the <a href=\"\(history)\">history</a>."
            : .empty
        let columns: [Markup] = [
            "When", "Graph", "Action", "Attempt", "Phase", "Outcome", "Job", "Takes effect by",
        ]
        return """
            <p>\(flying) in flight, \(rows.count - flying) ended recently.\(more)</p>
            \(DataTable.scrolling("Attempts", columns, rows.prefix(maximumRows).map { cells($0, context) }))
            """
    }

    private static func cells(_ row: Row, _ context: PageContext) -> Markup {
        let attempt = row.attempt
        let id = row.record.id.rawValue
        let name = context.status.inventory.entries[id]?.graph.name ?? row.flight?.graphName
        let graph: Markup =
            name.map { "<a href=\"\(context.link(.graph(id)))\">\(id: $0)</a>" }
            ?? "<code>\(id: id)</code> <span class=\"aside\">gone</span>"
        let phase: Markup =
            row.flight.map { flight in
                "<strong>\(flight.phase.spacedWords)</strong>"
            } ?? (attempt.ending == nil ? "\(row.record.phase.label.spacedWords)" : .empty)
        let outcome: Markup =
            attempt.ending.map { ending in
                "\(word(ending.outcome)) \(TimeText.ago(ending.at, context))"
            } ?? "<span class=\"none\">pending</span>"
        let job: Markup = attempt.jobID.map { "<code>\(id: $0)</code>" } ?? .empty
        let landing: Markup = row.flight?.latestLanding.map { TimeText.ago($0, context) } ?? .empty
        return """
            <tr><th scope="row">\(TimeText.ago(attempt.createdAt, context))</th>
            <td data-label="Graph">\(graph)</td>
            <td data-label="Action">\(attempt.action.rawValue)</td>
            <td data-label="Attempt">\(attempt.number)</td>
            <td data-label="Phase">\(phase)</td>
            <td data-label="Outcome">\(outcome)</td>
            <td data-label="Job">\(job)</td>
            <td data-label="Takes effect by">\(landing)</td></tr>

            """
    }

    private static func word(_ outcome: AttemptOutcome) -> Markup {
        let text = outcome.rawValue.spacedCamelCase
        return switch outcome {
        case .verified: "<span class=\"word alive\">\(text)</span>"
        case .notRecovered, .stalled: "<span class=\"word silent\">\(text)</span>"
        default: "<span class=\"word\">\(text)</span>"
        }
    }
}
