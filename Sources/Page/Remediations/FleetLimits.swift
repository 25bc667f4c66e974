import Cycle
import Remediation
import Time

/// The limits of the whole fleet and how much of them is used. Entries of the configuration may
/// have limits of their own, so those with equal ones share a row.
struct FleetLimits {
    private struct Group {
        var names: [String]
        let policy: Policy
    }

    private let context: PageContext
    private let groups: [Group]

    init(_ context: PageContext) {
        self.context = context
        var groups: [Group] = []
        let settings = context.status.settings
        for (index, entry) in (settings?.graphs ?? []).enumerated() {
            let name = settings?.entryName(at: index) ?? ""
            if let known = groups.firstIndex(where: { Self.isEqual($0.policy, entry.policy) }) {
                groups[known].names.append(name)
            } else {
                groups.append(Group(names: [name], policy: entry.policy))
            }
        }
        self.groups = groups
    }

    private static func isEqual(_ left: Policy, _ right: Policy) -> Bool {
        left.maxConcurrent == right.maxConcurrent && left.budget == right.budget
            && left.posts == right.posts && left.killBudget == right.killBudget
            && left.breaker == right.breaker
    }

    var table: Markup {
        guard !groups.isEmpty else {
            return "<p><code>graphs</code> has no entries: no graph is restarted.</p>"
        }
        let columns: [Markup] = [
            "Entries", "In flight", "Restarts", "POSTs", "Killed work", "Breaker",
        ]
        return DataTable.scrolling("Fleet limits", columns, groups.map(row))
    }

    private func row(_ group: Group) -> Markup {
        let machine = context.status.machine
        let policy = group.policy
        let names = group.names.prefix(20).map { "\(id: $0)" as Markup }.joined(by: ", ")
        let rest: Markup =
            group.names.count > 20 ? " and \(group.names.count - 20) more" : .empty
        let places = use(machine.inFlight.count, of: policy.maxConcurrent, "")
        let restarts = machine.budgetUse(of: policy, at: context.now).map {
            use($0.used, of: $0.limit.count, " in \($0.limit.window.text)")
        }
        let posts = machine.postUse(of: policy, at: context.now).map {
            use($0.used, of: $0.limit.count, " in \($0.limit.window.text)")
        }
        let kills = machine.killUse(of: policy, at: context.now).map { use -> Markup in
            let text =
                "\(use.work.shownSpan) of \(use.limit.work.shownSpan) in \(use.limit.window.text)"
            return use.work >= use.limit.work ? "<b class=\"alarm\">\(text)</b>" : "\(text)"
        }
        return """
            <tr><th scope="row">\(names)\(rest)</th>
            <td data-label="In flight">\(places)</td>
            <td data-label="Restarts">\(restarts.joined(by: ", "))</td>
            <td data-label="POSTs">\(posts.joined(by: ", "))</td>
            <td data-label="Killed work">\(kills.joined(by: ", "))</td>
            <td data-label="Breaker">\(breaker(policy))</td></tr>

            """
    }

    private func use(_ count: Int, of limit: Int, _ window: String) -> Markup {
        let text = "\(count) of \(limit)\(window)"
        return count >= limit ? "<b class=\"notice\">\(text)</b>" : "\(text)"
    }

    private func breaker(_ policy: Policy) -> Markup {
        switch context.status.machine.stormLevel(under: policy) {
        case .hard: "<b class=\"alarm\">hard storm: nothing is restarted</b>"
        case .soft: "<b class=\"notice\">soft storm: a person approves</b>"
        case nil: "no storm"
        }
    }

    /// What holds every restart of an entry now, whichever graph asks.
    var holds: Markup {
        let items = groups.compactMap { group -> Markup? in
            let reasons = context.status.machine.holdsOfAll(
                under: group.policy,
                in: context.status.view,
                at: context.now
            )
            guard !reasons.isEmpty else { return nil }
            let names = group.names.prefix(20).joined(separator: ", ")
            let text = reasons.map { context.readable("\($0)") }.joined(separator: "; ")
            return "<li class=\"card notice\"><p><strong>\(names)</strong>: \(text)</p></li>"
        }
        guard !items.isEmpty else { return .empty }
        return """
            <p>These entries are on hold for every graph:</p>
            <ul class="cards">\(items.joined())</ul>
            """
    }
}

extension Duration {
    fileprivate var shownSpan: String { self == .zero ? "none" : TimeText.span(self) }
}
