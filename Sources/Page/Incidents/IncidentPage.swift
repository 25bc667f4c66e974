import Cycle
import Diagnosis
package import Remediation
import Time

/// One incident as an article that can be printed, or pasted into a ticket, and read by those who
/// do not know this program.
package enum IncidentPage {
    package static func render(_ context: PageContext, _ incident: IncidentTimeLine) -> Markup {
        let record = incident.record
        let sections = IncidentSections(context: context, incident: incident)
        return Layout.document(
            context,
            title: "Incident of \(record.graphName)",
            current: nil,
            refresh: record.endedAt == nil ? .always : .never,
            """
            <article id="incident">
            \(sections.head)
            \(sections.milestones)
            \(sections.diagnosis)
            \(sections.gates)
            \(sections.tasks)
            \(sections.counts)
            \(sections.answers)
            \(sections.timeLine)
            </article>
            \(sections.links)
            """
        )
    }
}

/// The sections of an incident. Times are those of the day on which it began; others have their
/// date.
struct IncidentSections {
    let context: PageContext
    let incident: IncidentTimeLine

    var record: IncidentRecord { incident.record }
    var sentence: IncidentSentence { IncidentSentence(incident: incident) }

    /// The times of the article are those of the day on which the incident began.
    private var day: PageContext {
        var day = context
        day.now = sentence.begin
        return day
    }

    func clock(_ instant: Timestamp) -> Markup { TimeText.clock(instant, day) }

    /// A sentence of the agent with the names of graphs and the times of that day.
    func readable(_ text: String) -> String { day.readable(text) }

    var head: Markup {
        let date = "\(CivilTime(sentence.begin).date)"
        let alert: Markup =
            record.alertname.isEmpty ? "ordered by a person" : "alert \(id: record.alertname)"
        return """
            <h1>\(id: record.graphName), \(date)</h1>
            <p class="decision">\(sentence.text)</p>
            <p class="facts">\(IncidentsPage.outcome(record)) · class \(record.hangClass.rawValue)
            · \(alert)</p>
            \(decision)
            <p class="facts aside">Graph <code>\(id: record.graphID.rawValue)</code>, incident
            <code id="incident-id">\(record.id)</code>
            <button type="button" class="copy" data-copy="incident-id" hidden>Copy</button>
            All times are UTC.</p>
            """
    }

    /// Whether what was decided was right.
    private var decision: Markup {
        guard let decision = record.decision else { return .empty }
        let text = readable("\(decision)")
        return "<p class=\"facts\">Decision at \(clock(decision.at)): \(text)</p>"
    }

    // MARK: Milestones

    /// Each moment with the time since the one before.
    var milestones: Markup {
        let moments = record.milestones
        let all: [(name: Markup, at: Timestamp?)] = [
            ("First sign", moments.firstSignAt), ("Alert pending", moments.alertActiveAt),
            ("Alert firing", moments.alertFiredAt), ("Hang proved", moments.provedAt),
            ("Decided", moments.decidedAt), ("Accepted by GES", moments.acceptedAt),
            ("Running again", moments.restartedAt), ("Healthy again", moments.recoveredAt),
            ("Verified", moments.verifiedAt), ("Closed", record.endedAt),
        ]
        var last: Timestamp?
        let reached = all.compactMap { name, at in at.map { (name, $0) } }
            .sorted { $0.1 < $1.1 }
        let rows = reached.map { name, at -> (name: Markup, value: Markup?) in
            defer { last = at }
            let after: Markup =
                last.map { " <span class=\"aside\">+ \(TimeText.span(at - $0))</span>" } ?? .empty
            return (name, "\(clock(at))\(after)")
        }
        let parts = record.parts.map { "\($0.name) in \(TimeText.span($0.duration))" }
        return Section.render(
            "milestones",
            "Milestones",
            """
            \(DataTable.facts("Milestones", rows))
            <p class="aside">\(parts.joined(separator: ", "))</p>
            """
        )
    }

    // MARK: Diagnosis

    /// The words at the decision come from the time line: the record keeps the newest ones.
    var diagnosis: Markup {
        let decided = record.milestones.decidedAt ?? record.milestones.provedAt
        let verdicts = incident.events.filter { $0.kind == IncidentEvent.Kind.verdict.rawValue }
        let known = decided.flatMap { moment in verdicts.last { $0.at <= moment } } ?? verdicts.last
        let atDecision: Markup =
            known.map { event in
                let when: Markup = record.milestones.decidedAt == nil ? "Found" : "At the decision"
                return "<p>\(when) (\(clock(event.at))): \(whole: readable(event.text)).</p>"
            } ?? .empty
        guard let newest = record.diagnosis else {
            return atDecision.isEmpty
                ? .empty : Section.render("diagnosis", "Diagnosis", atDecision)
        }
        let path: Markup = newest.path.map { "Path \($0). " } ?? .empty
        return Section.render(
            "diagnosis",
            "Diagnosis",
            """
            \(atDecision)
            <p>Newest verdict: \(readable(newest.text)). <span class="aside">\(path)</span></p>
            \(newest.signs.isEmpty ? Markup.empty : signs(newest.signs))
            """
        )
    }

    private func signs(_ signs: [IncidentRecord.Sign]) -> Markup {
        let rows = signs.map { sign -> Markup in
            """
            <tr><th scope="row">\(sign.sign)</th>
            <td data-label="Says"><span class="word \(sign.says)">\(sign.says.spacedWords)\
            </span></td>
            <td data-label="Answer" class="wide">\(sign.answer)</td>
            <td data-label="Read">\(clock(sign.at))</td>
            <td data-label="Since">\(clock(sign.since))</td></tr>

            """
        }
        return DataTable.scrolling("Signs", ["Sign", "Says", "Answer", "Read", "Since"], rows)
    }

    // MARK: Gates

    var gates: Markup {
        guard !record.gates.isEmpty else { return .empty }
        let sorted = record.gates.filter { !$0.isOpen } + record.gates.filter(\.isOpen)
        let rows = sorted.map { gate -> Markup in
            let state: Markup =
                gate.isOpen
                ? "<span class=\"gate open\">open</span>"
                : "<span class=\"gate closed\">closed</span>"
            return """
                <tr><th scope="row">\(gate.gate.spacedWords)</th><td data-label="State">\(state)</td>
                <td data-label="Finding" class="wide">\(readable(gate.text))</td></tr>

                """
        }
        return Section.render(
            "gates",
            "Gates",
            """
            <p class="aside">State when the hold reasons last changed.</p>
            \(DataTable.scrolling("Gates", ["Gate", "State", "Finding"], rows))
            """
        )
    }
}
