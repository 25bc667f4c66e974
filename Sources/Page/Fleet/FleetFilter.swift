import Cycle
import Remediation
import Time
package import URI

/// Which graphs the list shows and in what order. It lives in the URL, so a view can be shared.
package struct FleetFilter: Sendable, Hashable {
    package enum Key: String, CaseIterable, Sendable {
        case verdict, name, since, status, mode, state, restart
    }

    /// A part of the name or of the id, in any case.
    var text = ""
    var verdict = ""
    var mode = ""
    var state = ""
    var entry = ""
    /// The worst verdict first by default.
    var sort = Key.verdict
    var isReversed = false
    /// Counts from 1.
    var page = 1

    static let rowsPerPage = 200

    /// Reads the query of the page. Unknown names and values that cannot be read are ignored: a
    /// link that was mistyped still shows the fleet.
    package init(_ query: [FormEncoding.Item]) {
        for item in query {
            switch item.name {
            case "q": text = item.value
            case "verdict": verdict = item.value
            case "mode": mode = item.value
            case "state": state = item.value
            case "entry": entry = item.value
            case "sort":
                isReversed = item.value.hasPrefix("-")
                sort =
                    Key(rawValue: isReversed ? String(item.value.dropFirst()) : item.value) ?? sort
            case "page": page = max(1, Int(item.value) ?? 1)
            default: break
            }
        }
    }

    /// The query of this view; empty for the default one.
    var query: String {
        var items: [FormEncoding.Item] = []
        func add(_ name: String, _ value: String) {
            if !value.isEmpty { items.append(.init(name, value)) }
        }
        add("q", text)
        add("verdict", verdict)
        add("mode", mode)
        add("state", state)
        add("entry", entry)
        if sort != .verdict || isReversed { add("sort", (isReversed ? "-" : "") + sort.rawValue) }
        if page > 1 { add("page", "\(page)") }
        return items.isEmpty ? "" : "?" + FormEncoding.encode(items)
    }

    var isFiltering: Bool { ![text, verdict, mode, state, entry].allSatisfy(\.isEmpty) }

    func with(_ change: (inout FleetFilter) -> Void) -> FleetFilter {
        var changed = self
        change(&changed)
        return changed
    }
}

extension FleetFilter {
    func rows(_ status: Status) -> [FleetRow] {
        let wanted = text.lowercased()
        let rows = status.inventory.sorted.lazy.map { FleetRow($0, status) }.filter { row in
            (verdict.isEmpty || row.verdict == verdict) && (mode.isEmpty || row.mode == mode)
                && (state.isEmpty || row.state == state) && (entry.isEmpty || row.entry == entry)
                && (wanted.isEmpty || row.name.lowercased().contains(wanted)
                    || row.id.lowercased().contains(wanted))
        }
        let sorted = rows.sorted(by: precedes)
        return isReversed ? sorted.reversed() : sorted
    }

    private func precedes(_ left: FleetRow, _ right: FleetRow) -> Bool {
        let tie = (left.name, left.id) < (right.name, right.id)
        func compare<Value: Comparable>(_ first: Value, _ second: Value) -> Bool {
            first == second ? tie : first < second
        }
        return switch sort {
        case .verdict: compare(left.rank, right.rank)
        case .name: tie
        // The newest first.
        case .since: compare(right.since.milliseconds, left.since.milliseconds)
        case .restart:
            compare(
                right.restartedAt?.milliseconds ?? .min,
                left.restartedAt?.milliseconds ?? .min
            )
        case .status: compare(left.status, right.status)
        case .mode: compare(left.mode, right.mode)
        case .state: compare(left.state, right.state)
        }
    }
}
