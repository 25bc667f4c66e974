import Coordination
package import Cycle
import Remediation
package import Time
import URI

/// What every page is made from.
package struct PageContext: Sendable {
    package var status: Status
    /// Every trouble of the agent, the worst first.
    package var troubles: [Trouble]
    package var now: Timestamp
    package var version: String
    package var telemetryPath: String
    /// Whether persons can give orders, and so whether the buttons are shown.
    package var acceptsOrders: Bool
    /// Who is authenticated; nil without authentication. Pages that are shared do not show it.
    package var user: String?
    /// From the page to the root of the agent, such as `../`.
    package var root: String

    /// - Parameter folders: between the root of the agent and the page.
    package init(
        status: Status,
        troubles: [Trouble],
        now: Timestamp,
        version: String,
        telemetryPath: String,
        acceptsOrders: Bool,
        user: String? = nil,
        folders: Int = 0
    ) {
        self.status = status
        self.troubles = troubles
        self.now = now
        self.version = version
        self.telemetryPath = telemetryPath
        self.acceptsOrders = acceptsOrders
        self.user = user
        root = String(repeating: "../", count: max(0, folders))
    }

    /// Who leads the agents that share the fleet; nil if this one shares it with nobody.
    var leadership: String? {
        status.cluster.map { cluster in
            switch cluster.role {
            case .leader: status.view.isObserving ? "observer; takes over the lead" : "leader"
            case .follower(let leader): "observer; \(leader) leads"
            case .none(let reason): "observer; no leader: \(reason)"
            }
        }
    }

    /// Whether this agent refuses such an order, by its verb: one that only observes takes pauses
    /// and nothing else.
    func refuses(_ verb: String) -> Bool {
        status.view.isObserving && verb != "pause" && verb != "resume"
    }

    /// A link to a place of the agent that works below any route prefix.
    package func link(_ place: Place) -> Markup {
        let target = root + place.path
        return "\(whole: target.isEmpty ? "./" : target)"
    }

    /// - Parameter query: with its question mark, or empty.
    package func link(_ place: Place, query: String) -> Markup {
        "\(link(place))\(whole: query)"
    }
}

/// The pages. Each is a URL that can be shared.
package enum Place: Sendable, Hashable {
    case now
    case graphs(query: String)
    case graph(String)
    /// What a person can order for a graph, by the verb of the order.
    case order(String, graph: String)
    /// Orders that name no graph.
    case fleetOrder(String)
    case incidents(query: String)
    case incident(String)
    case alerts, rules, approvals, remediations, history, configuration, agent, search
    /// A file or another path of the agent, such as `metrics`.
    case file(String)

    /// Relative to the root of the agent, percent-encoded.
    package var path: String {
        switch self {
        case .now: ""
        case .graphs(let query): "graphs" + query
        case .graph(let id): "graphs/" + PercentEncoding.encode(id)
        case .order(let verb, let id): "graphs/" + PercentEncoding.encode(id) + "/" + verb
        case .fleetOrder(let verb): "orders/" + verb
        case .incidents(let query): "incidents" + query
        case .incident(let id): "incidents/" + PercentEncoding.encode(id)
        case .alerts: "alerts"
        case .rules: "rules"
        case .approvals: "approvals"
        case .remediations: "remediations"
        case .history: "history"
        case .configuration: "config"
        case .agent: "status"
        case .search: "search"
        case .file(let path): String(path.drop { $0 == "/" })
        }
    }
}

extension PageContext {
    /// A sentence of the agent as people read it: graphs by their names instead of their ids, and
    /// times without what goes without saying.
    func readable(_ text: String) -> String {
        var readable = ""
        var word = ""
        func take() {
            let end = word.lastIndex { !":.".contains($0) }.map { word.index(after: $0) }
            let core = String(word[..<(end ?? word.startIndex)])
            readable += self.readable(word: core) + word.dropFirst(core.count)
            word = ""
        }
        for character in text {
            if character.isLetter || character.isNumber || "-_:.".contains(character) {
                word.append(character)
            } else {
                take()
                readable.append(character)
            }
        }
        take()
        return readable
    }

    private func readable(word: String) -> String {
        // Shorter ones are neither ids nor times.
        guard word.utf8.count >= 8 else { return word }
        if let entry = status.inventory.entries[word] { return entry.graph.name }
        guard word.hasSuffix("Z"), let instant = Timestamp(rfc3339: word) else { return word }
        return TimeText.clockText(instant, now: now)
    }
}
