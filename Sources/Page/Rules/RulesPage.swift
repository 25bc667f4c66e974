import Cycle
import Rules
import Series
import Time
package import URI

/// The rule groups as they are in force, with the health of each rule and its alerts.
package enum RulesPage {
    /// A rule's alerts beyond are on the page of alerts.
    private static let maximumAlerts = 10

    /// - Parameter name: a part of the name of a rule, in any case; empty for all.
    package static func render(_ context: PageContext, name: String) -> Markup {
        let groups = context.status.groups
        let shown = groups.map { group in
            (
                group,
                group.rules.filter { rule in
                    name.isEmpty || rule.rule.name.lowercased().contains(name.lowercased())
                }
            )
        }.filter { !$0.1.isEmpty }
        let count = groups.reduce(0) { $0 + $1.rules.count }
        return Layout.document(
            context,
            title: "Rules",
            current: .rules,
            refresh: .script,
            """
            <h1>Rules</h1>
            \(FilterForm.render(context.link(.rules), [FilterForm.text("name", "Name", name)]))
            \(summary(count, shown.reduce(0) { $0 + $1.1.count }, name, context))
            \(shown.enumerated().map { group($1.0, $1.1, number: $0, context) }.joined())
            """
        )
    }

    /// Reads the query of the page.
    package static func name(_ query: [FormEncoding.Item]) -> String { query.value("name") }

    private static func summary(
        _ all: Int,
        _ shown: Int,
        _ name: String,
        _ context: PageContext
    ) -> Markup {
        guard all > 0 else {
            return """
                <p>No rules are loaded. Only received alerts and people can ask for a restart.</p>
                """
        }
        guard !name.isEmpty else { return "<p class=\"aside\">\(all.counted("rule"))</p>" }
        return """
            <p class="aside">\(shown) of \(all) rules. \
            <a href="\(context.link(.rules))">Show all</a></p>
            """
    }

    // MARK: Groups

    private static func group(
        _ group: GroupStatus,
        _ rules: [RuleStatus],
        number: Int,
        _ context: PageContext
    ) -> Markup {
        let counters = group.counters
        let last: Markup =
            counters.lastEvaluation.map { moment in
                """
                evaluated \(TimeText.ago(moment, context)) in \
                \(milliseconds(counters.lastDuration)) ms
                """
            } ?? "not evaluated yet"
        let missed: Markup =
            counters.missedIterations > 0
            ? " · <span class=\"notice\">\(counters.missedIterations.counted("missed evaluation"))</span>"
            : .empty
        return Section.render(
            "group-\(number)",
            "\(group.name)",
            """
            <p class="facts aside"><code>\(group.file)</code> · every \(group.interval.text) ·
            \(last) · \(health(of: group.rules))\(missed)</p>
            \(rules.map { rule($0, context) }.joined())
            """
        )
    }

    private static func health(of rules: [RuleStatus]) -> Markup {
        let failing = rules.count { if case .failing = $0.health { true } else { false } }
        if failing > 0 {
            return
                "<span class=\"alarm\">\(failing) of \(rules.count.counted("rule")) failing</span>"
        }
        return rules.contains { $0.health == .unknown } ? "not all rules evaluated yet" : "ok"
    }

    private static func milliseconds(_ duration: Duration) -> String {
        "\((duration.inSeconds * 10_000).rounded() / 10)"
    }

    // MARK: Rules

    private static func rule(_ status: RuleStatus, _ context: PageContext) -> Markup {
        let last: Markup =
            status.lastEvaluation.map { " · evaluated \(TimeText.ago($0, context))" } ?? .empty
        let error: Markup =
            if case .failing(let text) = status.health {
                "<p class=\"answer refused\">\(text)</p>"
            } else { .empty }
        return """
            <article class="rule"><h3>\(status.rule.name)</h3>
            <p class="facts">\(facts(status))<span class="aside">\(last)</span></p>
            \(error)
            <pre>\(whole: "\(status.rule.expression)")</pre>
            \(texts(status.rule))
            \(alerts(status, context))
            </article>

            """
    }

    private static func facts(_ status: RuleStatus) -> Markup {
        switch status.rule {
        case .recording: return "recording rule · \(healthWord(status.health))"
        case .alerting(let rule):
            let hold: Markup =
                rule.holdDuration > .zero ? " · for \(rule.holdDuration.text)" : .empty
            let keep: Markup =
                rule.keepFiringFor > .zero
                ? " · keep_firing_for \(rule.keepFiringFor.text)" : .empty
            return """
                \(AlertParts.state(status.state)) · alerting rule\(hold)\(keep) · \
                \(healthWord(status.health))
                """
        }
    }

    private static func healthWord(_ health: RuleHealth) -> Markup {
        switch health {
        case .unknown: "not evaluated yet"
        case .ok: "ok"
        case .failing: "<span class=\"alarm\">fails</span>"
        }
    }

    /// Labels and annotations as they are in the file.
    private static func texts(_ rule: Rule) -> Markup {
        let labels: [(String, String)]
        var annotations: [(String, String)] = []
        switch rule {
        case .recording(let rule): labels = rule.labels.map { ($0.name, $0.value) }
        case .alerting(let rule):
            labels = rule.labels.map { ($0.name, $0.text) }
            annotations = rule.annotations.map { ($0.name, $0.text) }
        }
        func lines(_ title: Markup, _ pairs: [(String, String)]) -> Markup {
            guard !pairs.isEmpty else { return .empty }
            let items = pairs.map { name, text -> Markup in
                "<code class=\"label\">\(name): \(text)</code>"
            }.joined(by: " ")
            return "<p class=\"labels\"><span class=\"aside\">\(title)</span> \(items)</p>"
        }
        return lines("Labels", labels) + lines("Annotations", annotations)
    }

    private static func alerts(_ status: RuleStatus, _ context: PageContext) -> Markup {
        guard !status.alerts.isEmpty else { return .empty }
        let items = status.alerts.prefix(maximumAlerts).map { alert -> Markup in
            let graph = AlertParts.graph(alert.labels["graph_id"], context)
            return """
                <li>\(AlertParts.state(alert.state.name)) \(graph) since \
                \(TimeText.clock(alert.activeAt, context))</li>
                """
        }.joined()
        let rest = status.alerts.count - maximumAlerts
        let query = "?name=\(status.rule.name.formEncoded)"
        let text = rest > 0 ? "All \(status.alerts.count.counted("alert"))" : "Labels and values"
        return """
            <ul class="plain">\(items)</ul>
            <p><a href="\(context.link(.alerts, query: query))">\(text)</a></p>
            """
    }
}
