import Foundation
import JSON
import Testing

/// A dashboard of `packaging/grafana`.
struct Dashboard: Sendable, CustomTestStringConvertible {
    struct Query: Sendable, CustomStringConvertible {
        /// Unique within all dashboards, for lists of exceptions.
        let name: String
        let expression: String
        let legend: String
        let isInstant: Bool
        let isTable: Bool

        var description: String { name }

        /// The selected metrics with the labels that their matchers name.
        var selectors: [(metric: String, labels: Set<String>)] {
            expression.matches(of: /([a-zA-Z_:][a-zA-Z0-9_:]*)\{([^}]*)\}/).map { match in
                let labels = match.2.matches(of: /([a-z_]+)(?:=~|!~|!=|=)/).map { String($0.1) }
                return (String(match.1), Set(labels))
            }
        }

        /// The labels that the legend shows.
        var legendLabels: Set<String> {
            Set(legend.matches(of: /\{\{([a-z_]+)\}\}/).map { String($0.1) })
        }

        /// The expression as Grafana sends it.
        func sent(job: String, instance: String, graph: String) -> String {
            expression.replacing("$__rate_interval", with: "30s")
                .replacing("$__range", with: "5m")
                .replacing("$graph_id", with: graph)
                .replacing("$instance", with: instance)
                .replacing("$job", with: job)
        }
    }

    static let names = ["fleet", "graph", "remediation", "agent"]
    static let all: [Dashboard] = names.compactMap { try? Dashboard($0) }

    let name: String
    let json: JSONValue

    init(_ name: String) throws {
        self.name = name
        let file = Program.root.appending(path: "packaging/grafana/\(name).json")
        json = try JSONValue.parse([UInt8](try Data(contentsOf: file)))
    }

    var testDescription: String { name }

    var rows: [JSONValue] { panels(ofRows: true) }
    /// The panels that show something.
    var panels: [JSONValue] { panels(ofRows: false) }
    var variables: [JSONValue] { json["templating"]?["list"]?.arrayValue ?? [] }
    /// Without the built-in one.
    var annotations: [JSONValue] {
        (json["annotations"]?["list"]?.arrayValue ?? []).filter { $0["builtIn"] == nil }
    }

    private func panels(ofRows isRow: Bool) -> [JSONValue] {
        (json["panels"]?.arrayValue ?? []).filter { ($0["type"] == "row") == isRow }
    }

    /// Of the panels and the annotations.
    var queries: [Query] {
        panels.flatMap(queries(of:)) + annotations.map(query(of:))
    }

    private func queries(of panel: JSONValue) -> [Query] {
        let title = panel["title"]?.stringValue ?? ""
        let targets = panel["targets"]?.arrayValue ?? []
        return targets.map { target in
            let id = target["refId"]?.stringValue ?? ""
            return Query(
                name: "\(name)/\(title)/\(id)",
                expression: target["expr"]?.stringValue ?? "",
                legend: target["legendFormat"]?.stringValue ?? "",
                isInstant: target["instant"]?.boolValue ?? false,
                isTable: target["format"] == "table"
            )
        }
    }

    private func query(of annotation: JSONValue) -> Query {
        let title = annotation["name"]?.stringValue ?? ""
        return Query(
            name: "\(name)/\(title)",
            expression: annotation["expr"]?.stringValue ?? "",
            legend: annotation["titleFormat"]?.stringValue ?? "",
            isInstant: false,
            isTable: false
        )
    }
}
