import Foundation
import JSON
import Testing

/// The conventions of Grafana's dashboard-linter, except that no variable has a value for `All`: an
/// empty list of jobs then matches series without the label, as those of the agent's query API.
@Suite("A dashboard", .serialized)
struct DashboardTests {
    @Test("all of them are there")
    func complete() {
        #expect(Dashboard.all.map(\.name) == Dashboard.names)
    }

    @Test("has a fixed uid, no id, and links to the others", arguments: Dashboard.all)
    func identity(_ dashboard: Dashboard) {
        let json = dashboard.json
        #expect(json["uid"]?.stringValue == "graphwarden-\(dashboard.name)")
        #expect(json["uid"]?.stringValue?.count ?? 41 <= 40)
        #expect(json["id"] == nil)
        #expect(json["schemaVersion"] == 39)
        #expect(json["editable"] == false)
        #expect(json["tags"]?.arrayValue?.contains("graphwarden") == true)
        #expect(json["description"]?.stringValue?.isEmpty == false)
        let links = json["links"]?.arrayValue ?? []
        #expect(links.contains { $0["tags"] == ["graphwarden"] && $0["includeVars"] == true })
        #expect(links.contains { $0["url"] == "${agent_url}/" })
    }

    @Test("has variables for the data source, the job and the instance", arguments: Dashboard.all)
    func variables(_ dashboard: Dashboard) {
        let variables = Dictionary(
            dashboard.variables.map { ($0["name"]?.stringValue ?? "", $0) }
        ) { first, _ in first }
        #expect(variables["datasource"]?["type"] == "datasource")
        #expect(variables["datasource"]?["query"] == "prometheus")
        for name in ["job", "instance"] {
            let variable = variables[name]
            #expect(variable?["type"] == "query")
            #expect(variable?["includeAll"] == true && variable?["multi"] == true)
            #expect(variable?["allValue"] == nil)
            // When the time range changes.
            #expect(variable?["refresh"] == 2)
        }
        #expect(variables["agent_url"]?["type"] == "textbox")
        #expect((variables["graph_id"] != nil) == (dashboard.name == "graph"))
    }

    @Test("names no data source of its own", arguments: Dashboard.all)
    func dataSource(_ dashboard: Dashboard) {
        let variables = dashboard.variables.filter { $0["type"] == "query" }
        let targets = dashboard.panels.flatMap { $0["targets"]?.arrayValue ?? [] }
        for item in dashboard.panels + targets + variables + dashboard.annotations {
            let name = "\(item["title"] ?? item["name"] ?? item["expr"] ?? "")"
            #expect(item["datasource"]?["type"] == "prometheus", "\(name)")
            #expect(item["datasource"]?["uid"] == "${datasource}", "\(name)")
        }
    }

    @Test("says of each panel what it shows, and in which unit", arguments: Dashboard.all)
    func panels(_ dashboard: Dashboard) {
        #expect(dashboard.panels.count > 10)
        let all = dashboard.panels + dashboard.rows
        #expect(Set(all.compactMap { $0["id"]?.integerValue }).count == all.count)
        for panel in all { #expect(panel["title"]?.stringValue?.isEmpty == false) }
        for panel in dashboard.panels {
            let title = panel["title"]?.stringValue ?? ""
            #expect(panel["description"]?.stringValue?.hasSuffix(".") == true, "\(title)")
            let unit = panel["fieldConfig"]?["defaults"]?["unit"]?.stringValue
            #expect(unit?.isEmpty == false, "\(title)")
            let targets = panel["targets"]?.arrayValue ?? []
            let ids = targets.compactMap { $0["refId"]?.stringValue }
            #expect(!targets.isEmpty && Set(ids).count == targets.count, "\(title)")
        }
    }

    @Test("places no panel over another", arguments: Dashboard.all)
    func positions(_ dashboard: Dashboard) {
        var taken: [SIMD2<Int>: String] = [:]
        for panel in dashboard.panels + dashboard.rows {
            let title = panel["title"]?.stringValue ?? ""
            func number(_ name: String) -> Int {
                Int(panel["gridPos"]?[name]?.integerValue ?? -1)
            }
            #expect(number("x") >= 0 && number("w") > 0 && number("h") > 0, "\(title)")
            #expect(number("x") + number("w") <= 24, "\(title)")
            for x in number("x")..<(number("x") + number("w")) {
                for y in number("y")..<(number("y") + number("h")) {
                    let other = taken.updateValue(title, forKey: SIMD2(x, y))
                    #expect(other == nil, "\(title) is over \(other ?? "")")
                }
            }
        }
    }

    @Test("selects by job and instance, and by the rate interval", arguments: Dashboard.all)
    func selectors(_ dashboard: Dashboard) {
        let names = dashboard.queries.map(\.name)
        #expect(Set(names).count == names.count, "a title is used twice")
        for query in dashboard.queries {
            #expect(!query.selectors.isEmpty, "\(query)")
            // The alerts of a graph may come from another job.
            for selector in query.selectors where selector.metric != "ALERTS" {
                #expect(selector.labels.isSuperset(of: ["job", "instance"]), "\(query)")
            }
            for window in query.expression.matches(of: /\[(\$\w+|\d+[smhdw])\]/) {
                #expect(Self.windows.contains(String(window.1)), "\(query)")
            }
            let isCounter = query.expression.contains(/_total\{/)
            let isCounted = query.expression.contains(/\b(rate|increase|changes)\(/)
            #expect(!isCounter || isCounted || Self.totals.contains(query.name), "\(query)")
        }
    }

    /// Grafana gives annotations no rate interval.
    private static let windows = ["$__rate_interval", "$__range", "2m", "24h", "30d"]
    /// Their series appear with the first request, which `increase` does not count.
    private static let totals = ["remediation/POSTs by answer/A", "remediation/POSTs by answer/B"]

    @Test("leads from each table of graphs to the pages of the agent", arguments: Dashboard.all)
    func links(_ dashboard: Dashboard) throws {
        for panel in dashboard.panels where panel["type"] == "table" {
            let urls = Self.linkURLs(panel)
            let title = panel["title"]?.stringValue ?? ""
            #expect(urls.contains("${agent_url}/graphs/${__data.fields.graph_id}"), "\(title)")
            #expect(urls.contains { $0.hasPrefix("/d/graphwarden-graph?") }, "\(title)")
        }
    }

    /// Of the data links of the panel's columns.
    private static func linkURLs(_ panel: JSONValue) -> [String] {
        let overrides = panel["fieldConfig"]?["overrides"]?.arrayValue ?? []
        var urls: [String] = []
        for override in overrides {
            let properties = override["properties"]?.arrayValue ?? []
            for property in properties where property["id"] == "links" {
                let links = property["value"]?.arrayValue ?? []
                urls += links.compactMap { $0["url"]?.stringValue }
            }
        }
        return urls
    }
}
