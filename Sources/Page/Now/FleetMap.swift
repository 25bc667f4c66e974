import Cycle
import Diagnosis
import Remediation

/// The fleet as one cell for each graph, by entry of the configuration, coloured by verdict.
enum FleetMap {
    /// Beyond it the graphs that are well share one cell for each entry, so that the page stays
    /// small enough for a phone.
    private static let maximumCells = 2_000

    private struct Group {
        let name: String
        var graphs: [(id: String, name: String, label: String)] = []
    }

    static func section(_ context: PageContext) -> Markup {
        let groups = groups(context)
        guard !groups.isEmpty else { return .empty }
        let total = groups.reduce(0) { $0 + $1.graphs.count }
        let items = groups.map { row($0, isLarge: total > maximumCells, context) }.joined()
        return """
            <section aria-labelledby="fleet"><h2 id="fleet">Fleet</h2>\(items)\(legend(context))</section>
            """
    }

    private static func groups(_ context: PageContext) -> [Group] {
        var byEntry: [String: Group] = [:]
        var order: [String] = []
        for entry in context.status.inventory.sorted {
            let view = context.status.view.graphs[GraphID(entry.graph.id)]
            let name = view?.entry ?? "no entry"
            if byEntry[name] == nil { order.append(name) }
            byEntry[name, default: Group(name: name)].graphs
                .append((entry.graph.id, entry.graph.name, view?.verdict.label ?? "unknown"))
        }
        return order.compactMap { byEntry[$0] }
    }

    private static func row(_ group: Group, isLarge: Bool, _ context: PageContext) -> Markup {
        let isWell: (String) -> Bool = { $0 == "healthy" || $0 == "busy" }
        let shown = isLarge ? group.graphs.filter { !isWell($0.label) } : group.graphs
        let cells = shown.prefix(maximumCells).map { graph -> Markup in
            let title = "\(graph.name): \(graph.label)"
            return """
                <a class="cell \(graph.label)" href="\(context.link(.graph(graph.id)))" \
                title="\(title)"><span class="hidden">\(title)</span></a>
                """
        }.joined()
        let rest = group.graphs.count - shown.prefix(maximumCells).count
        let query = "?entry=\(group.name.formEncoded)"
        let link = context.link(.graphs(query: query))
        let more: Markup =
            rest > 0 ? "<a class=\"rest\" href=\"\(link)\">and \(rest) more</a>" : .empty
        return """
            <div class="fleet-row"><a class="fleet-name" href="\(link)">\(id: group.name)</a> \
            <span class="aside">\(group.graphs.count)</span>
            <div class="cells">\(cells)\(more)</div></div>
            """
    }

    /// The verdicts that the map shows.
    private static func legend(_ context: PageContext) -> Markup {
        let chips = VerdictCounts(context.status).worstFirst.map { VerdictMark.chip($0.label) }
        return "<p class=\"legend\">\(chips.joined(by: " "))</p>"
    }
}
