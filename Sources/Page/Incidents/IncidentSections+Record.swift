import GoText
import Remediation
import Time
import URI

extension IncidentSections {
    // MARK: Tasks

    /// What the restart killed, with the requests to submit it again.
    var tasks: Markup {
        guard !incident.tasks.isEmpty || record.omittedTasks > 0 else { return .empty }
        let items = incident.tasks.enumerated().map { task($1, number: $0 + 1) }.joined()
        let omitted: Markup =
            record.omittedTasks > 0
            ? "<p>\(record.omittedTasks.counted("more task")) not recorded.</p>" : .empty
        return Section.render(
            "tasks",
            "Killed tasks",
            """
            <p class="aside">Tasks of the graph before the restart. Their requests are kept without secrets.</p>
            \(items)\(omitted)
            """
        )
    }

    private func task(_ task: IncidentRecord.InterruptedTask, number: Int) -> Markup {
        let facts = [
            task.type ?? "", task.state,
            task.progressRatio.map { "\(Int(($0 * 100).rounded(.down))) %" } ?? "",
        ].filter { !$0.isEmpty }.joined(separator: ", ")
        let began: Markup = task.startedAt.map { ", began \(clock($0))" } ?? .empty
        let request: Markup =
            task.request.map { text in
                let cut: Markup =
                    task.isRequestCut
                    ? " <span class=\"aside\">Truncated: the request was longer.</span>"
                    : .empty
                return """
                    <pre id="request-\(number)">\(whole: text)</pre>
                    <p><button type="button" class="copy" data-copy="request-\(number)" hidden>\
                    Copy request</button>\(cut)</p>

                    """
            } ?? "<p class=\"aside\">Request unknown.</p>"
        return """
            <h3>Task \(id: task.id)</h3>
            <p>\(facts)\(began), noted \(clock(task.notedAt))</p>
            \(request)
            """
    }

    // MARK: Counts

    /// Whether the restart cost data.
    var counts: Markup {
        guard record.sizeBefore != nil || record.sizeAfter != nil else { return .empty }
        func row(_ name: Markup, _ size: IncidentRecord.GraphSize?) -> Markup {
            guard let size else {
                return "<tr><th scope=\"row\">\(name)</th><td>unknown</td><td></td><td></td></tr>"
            }
            func number(_ value: Int64?) -> Markup { value.map { "\($0)" } ?? "–" }
            return """
                <tr><th scope="row">\(name)</th>
                <td data-label="Vertices">\(number(size.vertices))</td>
                <td data-label="Edges">\(number(size.edges))</td>
                <td data-label="Read">\(clock(size.at))</td></tr>

                """
        }
        return Section.render(
            "counts",
            "Counts before and after",
            DataTable.scrolling(
                "Vertices and edges",
                ["When", "Vertices", "Edges", "Read"],
                [row("Before", record.sizeBefore), row("After", record.sizeAfter)]
            )
        )
    }

    // MARK: Answers

    var answers: Markup {
        let answers = incident.events.filter { $0.kind == IncidentEvent.Kind.answer.rawValue }
        guard !answers.isEmpty else { return .empty }
        let items = answers.map { event -> Markup in
            "<p>\(clock(event.at))</p><pre>\(whole: event.text)</pre>\n"
        }.joined()
        return Section.render("answers", "Response from GES", items)
    }

    // MARK: Time line

    var timeLine: Markup {
        guard !incident.events.isEmpty else { return .empty }
        let items = incident.events.map { event -> Markup in
            let text: Markup =
                event.kind == IncidentEvent.Kind.answer.rawValue
                ? "\(event.text.cut(atMost: 200))" : "\(whole: readable(event.text))"
            return """
                <li>\(clock(event.at)) <span>\(event.kind.spacedCamelCase)</span> \
                <span>\(text)</span></li>

                """
        }.joined()
        let omitted: Markup =
            record.omittedEvents > 0
            ? "<p>\(record.omittedEvents) more events were not recorded.</p>" : .empty
        return Section.render(
            "events",
            "Timeline",
            "<ol class=\"timeline\">\n\(items)</ol>\(omitted)"
        )
    }

    // MARK: Links

    /// Beside the article: not of interest in a ticket.
    var links: Markup {
        let graphID = record.graphID.rawValue
        let end = (record.endedAt ?? context.now) + .seconds(1)
        let history = [
            FormEncoding.Item("graph_id", graphID),
            FormEncoding.Item("since", sentence.begin.rfc3339),
            FormEncoding.Item("until", end.rfc3339),
        ].query
        let others = context.link(.incidents(query: "?graph_id=\(graphID.formEncoded)"))
        let document = "api/v1/incidents/" + PercentEncoding.encode(record.id)
        return """
            <nav class="pager buttons" aria-label="More about this incident">
            <a class="button plain" href="\(context.link(.graph(graphID)))">Graph</a>
            <a class="button plain" href="\(others)">Other incidents of this graph</a>
            <a class="button plain" href="\(context.link(.history, query: history))">History</a>
            <a class="button plain" href="\(context.link(.file(document)))">JSON</a></nav>
            """
    }
}
