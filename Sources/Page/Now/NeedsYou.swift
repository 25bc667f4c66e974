import Cycle
import Diagnosis
import Remediation
import Time

/// What waits for a person, the most urgent first: what keeps the agent from working, restarts to
/// approve or veto, graphs that restarts did not help, restarts that are held for long, and last
/// what the agent can work with.
struct NeedsYou {
    private let items: [Markup]
    let count: Int

    var isEmpty: Bool { count == 0 }

    /// Bounds the page. The fleet's list has all of them.
    private static let maximumItems = 50

    init(_ context: PageContext) {
        let troubles = context.troubles
        let graphs = Self.graphs(context)
        let held = Self.held(context, besides: Set(graphs.map(\.id)))
        count = troubles.count + graphs.count + held.values.reduce(0) { $0 + $1.count }
        let shown = graphs.prefix(Self.maximumItems).map { Self.item($0, context) }
        let rest = graphs.count - shown.count
        let link = context.link(.approvals)
        let more: Markup = "<li><a href=\"\(link)\">\(rest.counted("more graph"))</a></li>"
        items =
            troubles.filter(\.preventsReady).map { Self.item($0, context) }
            + shown + (rest > 0 ? [more] : []) + Self.items(held, context)
            + troubles.filter { !$0.preventsReady }.map { Self.item($0, context) }
    }

    var section: Markup {
        guard !items.isEmpty else { return .empty }
        return """
            <section class="needs" aria-labelledby="needs"><h2 id="needs">Needs you</h2>
            <ul class="cards">\(items.joined())</ul></section>
            """
    }

    // MARK: Troubles

    private static func item(_ trouble: Trouble, _ context: PageContext) -> Markup {
        let since: Markup = trouble.since.map { "since \(TimeText.ago($0, context))" } ?? .empty
        let kind: Markup = trouble.preventsReady ? "alarm" : "notice"
        return """
            <li class="card \(kind)"><p class="card-head"><strong>\(trouble.text)</strong> \
            <span class="aside">\(since)</span></p><p>To do: \(trouble.remedy).</p></li>
            """
    }

    // MARK: Graphs

    /// A graph that waits for a person.
    struct Waiting {
        enum Question {
            case approve(since: Timestamp)
            case veto(until: Timestamp)
            case stalled(since: Timestamp, cause: String)
            case exhausted(since: Timestamp)

            fileprivate var order: Int {
                switch self {
                case .veto: 0
                case .approve: 1
                case .stalled: 2
                case .exhausted: 3
                }
            }

            /// The end of a countdown; otherwise since when it waits.
            fileprivate var instant: Timestamp {
                switch self {
                case .veto(let until): until
                case .approve(let since), .stalled(let since, _), .exhausted(let since): since
                }
            }
        }

        let id: String
        let name: String
        let question: Question

        static func < (left: Waiting, right: Waiting) -> Bool {
            (left.question.order, left.question.instant, left.name, left.id)
                < (right.question.order, right.question.instant, right.name, right.id)
        }
    }

    /// Every graph that waits for a person: the countdown that ends first on top, then what waits
    /// longest.
    static func graphs(_ context: PageContext) -> [Waiting] {
        context.status.machine.recordsInUse.compactMap { record -> Waiting? in
            let question: Waiting.Question? =
                switch record.phase {
                case .awaitingApproval(let since, _): .approve(since: since)
                case .countingDown(_, let until): .veto(until: until)
                case .stalled(_, let since, let cause): .stalled(since: since, cause: cause)
                case .exhausted(let since): .exhausted(since: since)
                default: nil
                }
            guard let question else { return nil }
            let id = record.id.rawValue
            let name = context.status.inventory.entries[id]?.graph.name ?? id
            return Waiting(id: id, name: name, question: question)
        }
        .sorted(by: <)
    }

    static func item(_ waiting: Waiting, _ context: PageContext) -> Markup {
        let verdict = context.status.verdictLabel(of: waiting.id)
        return """
            <li class="card \(verdict)"><p class="card-head">\
            \(VerdictMark.icon(verdict))<a href="\(context.link(.graph(waiting.id)))"><strong>\
            \(id: waiting.name)</strong></a> \(headline(waiting.question, context))</p>
            <p>\(evidence(waiting, context))</p>
            \(buttons(waiting, context))</li>
            """
    }

    private static func headline(_ question: Waiting.Question, _ context: PageContext) -> Markup {
        switch question {
        case .approve(let since): "approval asked \(TimeText.ago(since, context))"
        case .veto(let until): "restarts \(TimeText.ago(until, context)) unless you veto it"
        case .stalled(let since, _): "restart stalled \(TimeText.ago(since, context))"
        case .exhausted(let since): "attempts used up \(TimeText.ago(since, context))"
        }
    }

    private static func evidence(_ waiting: Waiting, _ context: PageContext) -> Markup {
        switch waiting.question {
        case .approve, .veto:
            let belief = context.status.assessment(of: waiting.id)
            let verdict = belief.map { "\($0.verdict)" } ?? "no verdict"
            let path = belief?.path?.provedBy.map { "; path proved by \($0)" } ?? ""
            let cost = RestartCost.text(of: waiting.id, belief?.verdict.hangClass, context)
            return "\(context.readable(verdict + path).capitalizedFirst). A restart kills \(cost)."
        case .stalled(_, let cause):
            return
                "\(context.readable(cause).capitalizedFirst). Nothing more is sent; examine the graph, then acknowledge."
        case .exhausted:
            let attempts = context.status.machine.record(of: GraphID(waiting.id)).attempts
                .count(where: \.counts)
            return """
                \(attempts.counted("restart")) did not help. Examine the graph, then acknowledge.
                """
        }
    }

    private static func buttons(_ waiting: Waiting, _ context: PageContext) -> Markup {
        let verbs: [String] =
            switch waiting.question {
            case .approve: ["approve", "reject"]
            case .veto: ["reject"]
            case .stalled, .exhausted: ["acknowledge"]
            }
        return OrderButtons.row(verbs, graph: waiting.id, context)
    }

    // MARK: Holds

    private struct Held {
        let id: String
        let name: String
        let since: Timestamp
    }

    /// Restarts that have been held for so long that a person should know, by equal reasons.
    private static func held(
        _ context: PageContext,
        besides waiting: Set<String>
    ) -> [String: [Held]] {
        var groups: [String: [Held]] = [:]
        for (id, decision) in context.status.machine.decisions {
            guard let since = context.status.machine.heldSince(id),
                context.now - since >= Machine.noticeableHold, !waiting.contains(id.rawValue),
                let reason = decision.holdReasons.first
            else { continue }
            let name = context.status.inventory.entries[id.rawValue]?.graph.name ?? id.rawValue
            groups[context.readable("\(reason)"), default: []]
                .append(Held(id: id.rawValue, name: name, since: since))
        }
        return groups
    }

    private static func items(_ groups: [String: [Held]], _ context: PageContext) -> [Markup] {
        groups.sorted { ($0.value.count, $1.key) > ($1.value.count, $0.key) }
            .prefix(maximumItems).map { reason, graphs in
                let sorted = graphs.sorted { ($0.since, $0.id) < ($1.since, $1.id) }
                let links = sorted.prefix(8).map { graph -> Markup in
                    "<a href=\"\(context.link(.graph(graph.id)))\">\(id: graph.name)</a>"
                }.joined(by: ", ")
                let more: Markup =
                    sorted.count > 8 ? " and \(sorted.count - 8) more" : .empty
                let oldest = sorted.first.map { TimeText.ago($0.since, context) } ?? .empty
                return """
                    <li class="card notice"><p class="card-head"><strong>\(sorted.count.counted("restart")) held\
                    </strong> \
                    since \(oldest): \(links)\(more)</p><p>\(reason.capitalizedFirst).</p></li>
                    """
            }
    }
}
