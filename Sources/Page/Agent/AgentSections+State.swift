import Cycle
import Remediation
import Rules
import Time

extension AgentSections {
    // MARK: State

    var state: Markup {
        let reasons = status.detectOnly
        let ledger = reasons.filter { $0.label.hasPrefix("ledger") }
        let ledgerText: Markup =
            ledger.isEmpty
            ? "writable"
            : "<span class=\"alarm\">\(ledger.map { "\($0)" }.joined(separator: "; "))</span>"
        let acts: Markup =
            reasons.isEmpty
            ? "enabled"
            : "<span class=\"alarm\">detect-only: "
                + "\(reasons.map { "\($0)" }.joined(separator: "; "))</span>"
        let starts: Markup? = status.starts.map { starts in
            let early: Markup =
                starts.early > 0
                ? "; the last \(starts.early) did not outlast the start-up grace"
                : .empty
            return "\(starts.total) since the ledger was created\(early)"
        }
        return Section.render(
            "state",
            "State",
            DataTable.facts(
                "State",
                [
                    ("Remediation", acts), ("Ledger", ledgerText),
                    ("Gateway clock", offset),
                    ("Last cycle", TimeText.ago(status.at, context)), ("Starts", starts),
                    (
                        "Started",
                        facts.startedAt.map { TimeText.ago($0, context) }
                    ),
                ]
            )
        )
    }

    private var offset: Markup {
        guard let offset = status.gatewayClockOffset else { return "unknown" }
        let milliseconds = offset.wholeMilliseconds
        guard milliseconds.magnitude >= 1_000 else { return "within 1 s of ours" }
        let size = TimeText.span(offset < .zero ? .zero - offset : offset)
        return "\(size) \(offset < .zero ? "behind" : "ahead of") ours"
    }

    // MARK: Holds from outside

    var maintenance: Markup {
        guard !status.maintenance.isEmpty else { return .empty }
        let rows = status.maintenance.prefix(200).map { window -> Markup in
            let state: Markup =
                window.isOpen
                ? "<strong class=\"notice\">open</strong>" : "<span class=\"none\">closed</span>"
            let change: Markup =
                window.nextChange.map { moment in
                    "\(window.isOpen ? "closes" : "opens") \(TimeText.ago(moment, context))"
                } ?? "not within a year"
            return """
                <tr><th scope="row">\(id: window.name)</th><td data-label="State">\(state)</td>
                <td data-label="Next">\(change)</td></tr>

                """
        }
        return Section.render(
            "maintenance",
            "Maintenance windows",
            DataTable.scrolling("Maintenance windows", ["Window", "State", "Next"], rows)
        )
    }

    var alertmanagers: Markup {
        let sources = status.settings?.alertmanagers ?? []
        guard !sources.isEmpty else { return .empty }
        let answers = status.silences.answers
        let rows = sources.map { source -> Markup in
            let state: Markup =
                switch answers[source.url] {
                case true: "<span class=\"word alive\">answers</span>"
                case false: "<span class=\"word silent\">does not answer</span>"
                case nil: "not asked yet"
                }
            return """
                <tr><th scope="row"><code>\(source.url)</code></th>
                <td data-label="State">\(state)</td></tr>

                """
        }
        let active = status.silences.active(at: context.now)
        return Section.render(
            "alertmanagers",
            "Alertmanagers",
            """
            \(DataTable.scrolling("Alertmanagers", ["Alertmanager", "State"], rows))
            <p>\(active == 1 ? "1 silence is" : "\(active) silences are") active.</p>
            """
        )
    }

    // MARK: Limits

    var limits: Markup {
        let all: [(name: Markup, used: Int, limit: Int)] = [
            ("Graphs", status.inventory.entries.count, Inventory.maximumGraphs),
            ("Received alerts", status.received.alerts.count, ReceivedAlerts.capacity),
            ("Silences", status.silences.active(at: context.now), SilenceBook.most),
        ]
        let rows = all.map { limit -> Markup in
            let isNear = limit.used * 10 >= limit.limit * 9
            let used: Markup =
                isNear ? "<b class=\"notice\">\(limit.used)</b>" : "\(limit.used)"
            return """
                <tr><th scope="row">\(limit.name)</th><td data-label="Used">\(used)</td>
                <td data-label="Limit">\(limit.limit)</td></tr>

                """
        }
        let storage = status.storage
        return Section.render(
            "limits",
            "Limits",
            """
            \(DataTable.scrolling("Limits of the agent", ["Of", "Used", "Limit"], rows))
            <p class="aside">\(storage.seriesCount) series. Since the start, limits dropped \
            \(storage.droppedSeries) series and evicted \(storage.evictedSamples) samples.
            <a href="\(context.link(.remediations))#limits">Limits of remediation</a></p>
            """
        )
    }

    // MARK: Build

    var build: Markup {
        func known(_ text: String) -> Markup? { text.isEmpty ? nil : "\(text)" }
        return Section.render(
            "build",
            "Build",
            DataTable.facts(
                "Build",
                [
                    ("Version", "\(context.version)"), ("Revision", known(facts.revision)),
                    ("Branch", known(facts.branch)), ("Swift", known(facts.swiftVersion)),
                    ("Platform", known(facts.platform)),
                ]
            )
        )
    }
}
