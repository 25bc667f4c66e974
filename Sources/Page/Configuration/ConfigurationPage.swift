import Cycle
import PromQL
import Remediation
import Rules
import Time
import TimeIntervals

/// The configuration in force: which entry applies to which graphs and what it changes, when is
/// sampled and evaluated, and the files with what has changed in them since.
package enum ConfigurationPage {
    /// Bounds the page.
    private static let maximumEntries = 500

    /// - Parameter files: without secrets; empty if their text is not known.
    package static func render(_ context: PageContext, files: [ConfigurationFile]) -> Markup {
        Layout.document(
            context,
            title: "Configuration",
            current: .configuration,
            refresh: .never,
            """
            <h1>Configuration in force</h1>
            \(context.status.settings.map { sections($0, context) } ?? starting)
            \(files.isEmpty ? Markup.empty : text(files))
            """
        )
    }

    private static let starting: Markup = "<p>The agent is starting.</p>"

    private static func sections(_ settings: CycleSettings, _ context: PageContext) -> Markup {
        entries(settings, context) + sampling(settings) + ruleFiles(settings, context)
            + maintenance(settings, context) + others(settings) + defaults(settings)
    }

    // MARK: Entries

    private static func entries(_ settings: CycleSettings, _ context: PageContext) -> Markup {
        guard !settings.graphs.isEmpty else {
            return Section.render(
                "entries",
                "Graphs",
                "<p><code>graphs</code> has no entries: no graph is restarted.</p>"
            )
        }
        var counts: [String: Int] = [:]
        for graph in context.status.view.graphs.values {
            counts[graph.entry ?? "", default: 0] += 1
        }
        let rows = settings.graphs.indices.prefix(maximumEntries).map { index in
            row(index, settings, counts, context)
        }
        let rest = settings.graphs.count - maximumEntries
        let more: Markup =
            rest > 0
            ? "<p>\(rest == 1 ? "1 more entry is" : "\(rest) more entries are") not shown.</p>"
            : .empty
        let unmatched = counts[""] ?? 0
        let others = context.link(.graphs(query: "?entry=no+entry"))
        let note: Markup =
            unmatched > 0
            ? " <a href=\"\(others)\">\(unmatched.counted("graph"))</a> without an entry are never"
                + " restarted."
            : .empty
        let columns: [Markup] = [
            "Order", "Entry", "Match", "Mode", "Graphs", "Differs from default",
        ]
        return Section.render(
            "entries",
            "Graphs",
            """
            <p class="aside">The first matching entry applies.\(note)</p>
            \(DataTable.scrolling("Entries of graphs", columns, rows))\(more)
            """
        )
    }

    private static func row(
        _ index: Int,
        _ settings: CycleSettings,
        _ counts: [String: Int],
        _ context: PageContext
    ) -> Markup {
        let entry = settings.graphs[index]
        let name = settings.entryName(at: index)
        let graphs = context.link(.graphs(query: "?entry=\(name.formEncoded)"))
        let defaults = Dictionary(
            PolicyText.rows(settings.defaultPolicy).map { ($0.name, $0.value) }
        ) { first, _ in first }
        let changes = PolicyText.rows(entry.policy).filter { row in
            row.name != "mode" && defaults[row.name] != row.value
        }.map { row -> Markup in "<code class=\"label\">\(row.name)</code> \(row.value)" }
        return """
            <tr><td data-label="Order">\(index + 1)</td><th scope="row">\(id: name)</th>
            <td data-label="Match" class="wide">\(match(entry.match))</td>
            <td data-label="Mode"><strong>\(entry.policy.mode.rawValue)</strong></td>
            <td data-label="Graphs"><a href="\(graphs)">\(counts[name] ?? 0)</a></td>
            <td data-label="Differs" class="wide">\(changes.joined(by: "<br>"))</td></tr>

            """
    }

    private static func match(_ match: GraphMatch) -> Markup {
        let conditions =
            [match.id.map { ("id", $0.source) }, match.name.map { ("name", $0.source) }]
            .compactMap(\.self)
            + match.tags.sorted { $0.key < $1.key }.map { ("tag " + $0.key, $0.value.source) }
        guard !conditions.isEmpty else { return "nothing" }
        return conditions.map { name, pattern -> Markup in
            "\(name) <code class=\"label\">\(pattern)</code>"
        }.joined(by: "<br>")
    }

    // MARK: Times and files

    private static func sampling(_ settings: CycleSettings) -> Markup {
        let vantage = settings.vantage
        return Section.render(
            "sampling",
            "Sampling and evaluation",
            DataTable.facts(
                "Sampling and evaluation",
                [
                    ("Region", "\(vantage.region)"),
                    ("Project", "<code>\(id: vantage.projectID)</code>"),
                    ("Endpoints and data plane", "\(vantage.way.joined(separator: " · "))"),
                    ("sampling.interval", "\(settings.interval.text)"),
                    ("evaluation_interval", "\(settings.evaluationInterval.text)"),
                    ("Freshness of a reading", "\(settings.freshness.text)"),
                    ("Retention of samples", "\(settings.retention.text)"),
                    ("Query timeout of rules", "\(settings.ruleOptions.queryTimeout.text)"),
                ]
            )
        )
    }

    private static func ruleFiles(_ settings: CycleSettings, _ context: PageContext) -> Markup {
        let rows = settings.ruleFiles.prefix(maximumEntries).map { file -> Markup in
            let rules = file.groups.reduce(0) { $0 + $1.rules.count }
            return """
                <tr><th scope="row"><code>\(file.path)</code></th>
                <td data-label="Groups">\(file.groups.count)</td>
                <td data-label="Rules">\(rules)</td></tr>

                """
        }
        let link = context.link(.rules)
        return Section.render(
            "rule-files",
            "Rule files",
            rows.isEmpty
                ? "<p>No rule files are loaded.</p>"
                : DataTable.scrolling("Rule files", ["File", "Groups", "Rules"], rows)
                    + "<p><a href=\"\(link)\">Rules and their health</a></p>"
        )
    }

    private static func maintenance(_ settings: CycleSettings, _ context: PageContext) -> Markup {
        guard !settings.maintenance.isEmpty else { return .empty }
        let rows = settings.maintenance.prefix(maximumEntries).map { window -> Markup in
            """
            <tr><th scope="row">\(id: window.name)</th>
            <td data-label="Graphs">\(match(window.scope))</td>
            <td data-label="Intervals">\(window.calendar.intervals.count)</td></tr>

            """
        }
        let link = context.link(.agent)
        return Section.render(
            "windows",
            "Maintenance windows",
            DataTable.scrolling("Maintenance windows", ["Window", "Graphs", "Intervals"], rows)
                + "<p><a href=\"\(link)#maintenance\">Open windows</a></p>"
        )
    }

    private static func others(_ settings: CycleSettings) -> Markup {
        let alertmanagers = settings.alertmanagers.map { source -> Markup in
            "<code>\(source.url)</code> within \(source.timeout.text)"
        }.joined(by: "<br>")
        let names = (settings.webhook?.alertnames ?? []).sorted()
        let webhook: Markup =
            settings.webhook.map { terms in
                """
                \(names.joined(separator: ", ")); an alert expires \(terms.expireAfter.text) \
                after it was last received
                """
            } ?? "not configured: received alerts are refused"
        return Section.render(
            "integrations",
            "Integrations",
            DataTable.facts(
                "Integrations",
                [
                    ("alertmanagers", alertmanagers.isEmpty ? "none" : alertmanagers),
                    ("webhook.alerts", webhook),
                ]
            )
        )
    }

    private static func defaults(_ settings: CycleSettings) -> Markup {
        let rows = PolicyText.rows(settings.defaultPolicy).map { row in
            (name: "<code>\(row.name)</code>" as Markup, value: "\(row.value)" as Markup?)
        }
        return Section.render(
            "defaults",
            "Defaults",
            """
            <details id="default-policy"><summary>Policy of entries that set \
            nothing themselves</summary>
            \(DataTable.facts("Default policy", rows))</details>
            """
        )
    }

    // MARK: Text

    private static func text(_ files: [ConfigurationFile]) -> Markup {
        let items = files.enumerated().map { number, file -> Markup in
            """
            <h3><code>\(file.path)</code></h3>
            \(difference(file))
            <details id="file-\(number)"><summary>Text in force</summary>
            <pre>\(whole: file.text)</pre></details>
            """
        }.joined()
        return Section.render("files", "Files", items)
    }

    private static func difference(_ file: ConfigurationFile) -> Markup {
        switch file.onDisk {
        case .same: return "<p>Same as the file on disk.</p>"
        case .unreadable(let reason):
            return "<p class=\"answer refused\">The file on disk cannot be read: \(reason)</p>"
        case .changed(let text):
            let note: Markup = """
                <p class="answer">The file on disk has changed since it was loaded.</p>
                """
            guard let lines = LineDifference(from: file.text, to: text).lines else {
                return note + "<p>The files differ too much to be compared here.</p>"
            }
            let items = lines.map { line -> Markup in
                switch line {
                case .kept(let text): "<span>\(text)\n</span>"
                case .added(let text): "<ins>\(text)</ins>"
                case .removed(let text): "<del>\(text)</del>"
                case .skipped(let count):
                    "<span class=\"aside\">\(count.counted("unchanged line"))\n</span>"
                }
            }.joined()
            return "\(note)<pre class=\"diff\">\(items)</pre>"
        }
    }
}
