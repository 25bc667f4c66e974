import Cycle
import Rules
import Series

/// The parts of an alert, as the pages of alerts and of rules show them.
enum AlertParts {
    /// More would hide what matters.
    private static let maximumLabels = 30

    static func state(_ name: String) -> Markup {
        let mark: Markup =
            switch name {
            case "firing": "alarm"
            case "pending": "notice"
            default: "none"
            }
        return "<span class=\"\(mark)\">\(name)</span>"
    }

    static func graph(_ id: String, _ context: PageContext) -> Markup {
        guard !id.isEmpty else { return "<span class=\"none\">–</span>" }
        let name = context.status.inventory.entries[id]?.graph.name
        return name.map { "<a href=\"\(context.link(.graph(id)))\">\(id: $0)</a>" }
            ?? "<code>\(id: id)</code>"
    }

    /// Without the name, which stands before.
    static func labels(_ labels: Labels) -> Markup {
        let shown = labels.filter { $0.name != "alertname" }
        let items = shown.prefix(maximumLabels).map { label -> Markup in
            "<code class=\"label\">\(id: label.name)=&quot;\(label.value.brief)&quot;</code>"
        }
        let rest = shown.count - maximumLabels
        let more: [Markup] = rest > 0 ? ["and \(rest) more"] : []
        return "<p class=\"labels\">\((items + more).joined(by: " "))</p>"
    }

    static func annotations(_ annotations: [Label], _ context: PageContext) -> Markup {
        annotations.prefix(maximumLabels).map { annotation -> Markup in
            let name: Markup =
                annotation.name == "summary"
                ? .empty : "<span class=\"aside\">\(id: annotation.name)</span> "
            return "<p>\(name)\(context.readable(annotation.value))</p>"
        }.joined()
    }
}

extension String {
    fileprivate var brief: String { count > 200 ? prefix(200) + "\u{2026}" : self }
}
