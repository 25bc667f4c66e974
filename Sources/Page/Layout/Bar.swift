import Coordination
import Cycle
import Remediation
import Time

/// The thin bar on top of every page: the fleet in one line, what the agent may do, and how old
/// the page's data is.
enum Bar {
    static func header(_ context: PageContext, current: Place?) -> Markup {
        """
        <header class="bar" id="bar">
        <div class="bar-line">
        <a class="brand" href="\(context.link(.now))">graphwarden</a>
        \(cluster(context))
        \(role(context))
        \(counts(context))
        \(modes(context))
        \(pauses(context))
        \(age(context))
        </div>
        <div class="bar-line">
        <nav aria-label="Pages">\(places(context, current: current))</nav>
        <form class="search" role="search" action="\(context.link(.search))" method="get">
        <label class="hidden" for="search">Graph, incident or alert</label>
        <input id="search" type="search" name="q" placeholder="Graph, incident or alert"
         autocomplete="off" maxlength="200"><button>Search</button></form>
        <a class="search-link" href="\(context.link(.search))">Search</a>
        <button type="button" class="theme" id="theme" hidden>&#9680;</button>
        </div>
        </header>
        """
    }

    private static func places(_ context: PageContext, current: Place?) -> Markup {
        let waiting = context.status.machine.approvalsPending
        let places: [(Place, Markup)] = [
            (.now, "Now"), (.graphs(query: ""), "Graphs"), (.incidents(query: ""), "Incidents"),
            (.approvals, waiting > 0 ? "Approvals <b>\(waiting)</b>" : "Approvals"),
            (.alerts, "Alerts"), (.rules, "Rules"), (.remediations, "Remediations"),
            (.history, "History"), (.configuration, "Configuration"), (.agent, "Agent"),
        ]
        return places.map { place, name in
            let mark: Markup = place == current ? " aria-current=\"page\"" : .empty
            return "<a href=\"\(context.link(place))\"\(mark)>\(name)</a>"
        }.joined()
    }

    private static func cluster(_ context: PageContext) -> Markup {
        guard let vantage = context.status.settings?.vantage else { return .empty }
        return "<span class=\"cluster\" title=\"Project \(id: vantage.projectID)\">"
            + "\(id: vantage.region)</span>"
    }

    /// Whether this agent leads, and with a notice, who decides otherwise.
    private static func role(_ context: PageContext) -> Markup {
        guard let cluster = context.status.cluster, let text = context.leadership else {
            return .empty
        }
        let names = cluster.dissenters
        let dissent: Markup =
            names.isEmpty
            ? .empty
            : """
             <span class="notice">another policy: \(names.prefix(5).joined(separator: ", "))</span>
            """
        let mark: Markup = if case .none = cluster.role { " class=\"alarm\"" } else { .empty }
        return "<span\(mark)>\(text)</span>\(dissent)"
    }

    /// The number of graphs by verdict, the worst first.
    private static func counts(_ context: PageContext) -> Markup {
        let counts = VerdictCounts(context.status)
        guard counts.total > 0 else { return "<span class=\"counts\">No graphs</span>" }
        let items = counts.worstFirst.map { label, count -> Markup in
            let link = context.link(.graphs(query: "?verdict=\(label)"))
            return """
                <a class="count" href="\(link)">\(VerdictMark.icon(label))\(count)
                <span class="word">\(VerdictMark.word(label))</span></a>
                """
        }
        return "<span class=\"counts\">\(items.joined())</span>"
    }

    /// Which modes the entries of the configuration have.
    private static func modes(_ context: PageContext) -> Markup {
        if !context.status.detectOnly.isEmpty {
            return "<a class=\"alarm\" href=\"\(context.link(.agent))\">detect-only</a>"
        }
        let modes = (context.status.settings?.graphs ?? []).map(\.policy.mode)
        guard let first = modes.first else { return "<span>no entries</span>" }
        guard modes.contains(where: { $0 != first }) else {
            return "<span>mode \(first.rawValue)</span>"
        }
        let text = Mode.allCases.reversed().compactMap { mode in
            let count = modes.count { $0 == mode }
            return count > 0 ? "\(count) \(mode.rawValue)" : nil
        }.joined(separator: ", ")
        return "<span title=\"Entries of the configuration by mode\">entries: \(text)</span>"
    }

    private static func pauses(_ context: PageContext) -> Markup {
        let pauses = context.status.machine.pauses
        guard let first = pauses.min(by: { $0.until < $1.until }) else { return .empty }
        let text: Markup =
            pauses.count == 1
            ? """
            paused until \(TimeText.clock(first.until, context)) by \(id: first.by)
            """
            : "\(pauses.count.counted("pause"))"
        return "<a class=\"notice\" href=\"\(context.link(.agent))#pauses\">\(text)</a>"
    }

    /// How old the newest step is; an alarm once it is late.
    private static func age(_ context: PageContext) -> Markup {
        let status = context.status
        guard status.settings != nil else { return "<span class=\"age alarm\">starting</span>" }
        let interval = max(
            status.settings?.interval ?? .seconds(30),
            status.settings?.evaluationInterval ?? .seconds(30)
        )
        let limit = interval * 3 + .seconds(10)
        let isLate = context.now - status.at > limit
        let mark: Markup = isLate ? " alarm" : .empty
        return """
            <span class="age\(mark)" id="age" data-late="\(limit.components.seconds)">\
            updated \(TimeText.ago(status.at, context))</span>
            """
    }
}
