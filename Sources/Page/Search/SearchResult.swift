package import Cycle
package import Remediation
import Rules
package import URI

/// What the search box finds: graphs by id or name, incidents by id, alerts by name.
package struct SearchResult: Sendable {
    package let text: String
    private var graphs: [(id: String, name: String)] = []
    private var incidents: [IncidentRecord] = []
    private var alerts: [String] = []

    package init(_ query: [FormEncoding.Item], _ status: Status) {
        text = query.value("q").trimmed
        guard !text.isEmpty else { return }
        findGraphs(status)
        findAlerts(status)
    }

    /// - Parameter incident: the incident with this very id; nil if there is none.
    package mutating func add(_ incident: IncidentRecord?) {
        if let incident { incidents.append(incident) }
    }

    /// A graph whose id or whole name is looked for hides those that only contain it.
    private mutating func findGraphs(_ status: Status) {
        let wanted = text.lowercased()
        let all = status.inventory.graphs.map { (id: $0.id, name: $0.name) }
        let exact = all.filter { $0.id == text || $0.name == text }
        graphs =
            exact.isEmpty
            ? all.filter {
                $0.name.lowercased().contains(wanted) || $0.id.lowercased().contains(wanted)
            } : exact
    }

    private mutating func findAlerts(_ status: Status) {
        let wanted = text.lowercased()
        var names = Set(status.received.newestFirst.map(\.alertname))
        for group in status.groups {
            for case .alerting(let rule) in group.rules.map(\.rule) { names.insert(rule.name) }
        }
        alerts =
            names.contains(text)
            ? [text] : names.filter { $0.lowercased().contains(wanted) }.sorted()
    }

    /// Where the only hit is, relative to the page; nil if there are none or several.
    package func destination(_ context: PageContext) -> String? {
        guard graphs.count + incidents.count + alerts.count == 1 else { return nil }
        let path =
            graphs.first.map { Place.graph($0.id).path }
            ?? incidents.first.map { Place.incident($0.id).path }
            ?? alerts.first.map { Place.alerts.path + Self.query(of: $0) }
        return path.map { context.root + $0 }
    }

    private static func query(of alertname: String) -> String {
        "?name=\(alertname.formEncoded)"
    }
}

extension String {
    /// Without spaces at both ends.
    fileprivate var trimmed: String {
        let end = lastIndex { $0 != " " }.map { index(after: $0) } ?? startIndex
        return String(self[..<end].drop { $0 == " " })
    }
}

extension SearchResult {
    /// Bounds the page.
    private static let maximumItems = 100

    package func render(_ context: PageContext) -> Markup {
        Layout.document(
            context,
            title: "Search",
            current: .search,
            refresh: .never,
            """
            <h1>Search</h1>
            \(text.isEmpty ? hint : results(context))
            """
        )
    }

    private var hint: Markup {
        "<p>Search for a graph by name or id, an incident by id, or an alert by name.</p>"
    }

    private func results(_ context: PageContext) -> Markup {
        let lists = [
            list("graphs", "Graphs", graphs) { graph in
                """
                \(VerdictMark.chip(context.status.verdictLabel(of: graph.id))) \
                <a href="\(context.link(.graph(graph.id)))">\(id: graph.name)</a> \
                <code>\(id: graph.id)</code>
                """
            },
            list("incidents", "Incidents", incidents) { incident in
                "<a href=\"\(context.link(.incident(incident.id)))\">\(incident.id)</a>"
            },
            list("alerts", "Alerts", alerts) { name in
                """
                <a href="\(context.link(.alerts, query: Self.query(of: name)))">\(id: name)</a>
                """
            },
        ].joined()
        return lists.isEmpty
            ? "<p>No graph, incident or alert matches “\(id: text)”.</p>" : lists
    }

    private func list<Item>(
        _ id: Markup,
        _ title: Markup,
        _ items: [Item],
        _ row: (Item) -> Markup
    ) -> Markup {
        guard !items.isEmpty else { return .empty }
        let rows = items.prefix(Self.maximumItems).map { "<li>\(row($0))</li>" as Markup }
        let rest = items.count - Self.maximumItems
        let more: Markup = rest > 0 ? "<p>and \(rest) more</p>" : .empty
        return Section.render(id, title, "<ul class=\"plain\">\(rows.joined())</ul>\(more)")
    }
}
