import Cycle
import Diagnosis
import Remediation

/// How often decisions were right, by entry of the configuration and kind of hang.
struct ScorecardTable {
    /// Bounds the page. The API has all of them.
    private static let maximumRows = 200

    let context: PageContext

    /// Nothing while nothing was decided, and nothing is required.
    var section: Markup {
        let rows = context.status.scoreRows
        guard !rows.isEmpty else { return .empty }
        let columns: [Markup] = [
            "Entry", "Hang", "Right", "Wrong", "Unknown", "Pending", "Missed", "Precision",
            "Recall", "Required",
        ]
        let rest = rows.count - Self.maximumRows
        let more: Markup = rest > 0 ? "<p>And \(rest) more.</p>" : .empty
        return Section.render(
            "scorecard",
            "Scorecard",
            """
            <p>By what happened after each decision, and by the labels of persons. In brackets: at
            least, with 95 % confidence.</p>
            \(DataTable.scrolling("Scorecard", columns, rows.prefix(Self.maximumRows).map(row)))
            \(more)
            """
        )
    }

    private func row(_ row: ScoreRow) -> Markup {
        let score = row.score
        return """
            <tr><th scope="row">\(id: row.key.entry)</th>
            <td data-label="Hang">\(row.key.hangClass.rawValue)</td>
            <td data-label="Right">\(score.right)</td>
            <td data-label="Wrong">\(score.wrong)</td>
            <td data-label="Unknown">\(score.unknown)</td>
            <td data-label="Pending">\(score.pending)</td>
            <td data-label="Missed">\(score.missed)</td>
            <td data-label="Precision">\(share(score.precision))</td>
            <td data-label="Recall">\(share(score.recall))</td>
            <td data-label="Required">\(required(row))</td></tr>

            """
    }

    private func required(_ row: ScoreRow) -> Markup {
        guard let requirement = row.requirement, let isMet = row.isMet else {
            return "<span class=\"none\">nothing</span>"
        }
        let text = "\(Proportion.percent(requirement.precision)) of \(requirement.decisions)"
        return isMet ? "\(text)" : "\(text): not met"
    }

    private func share(_ share: Proportion?) -> Markup {
        guard let share else { return "<span class=\"none\">none judged</span>" }
        let lower = Proportion.percent(share.lowerBound)
        return "\(Proportion.percent(share.value)) (\(lower))"
    }
}
