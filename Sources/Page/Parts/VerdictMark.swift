import Cycle
import Diagnosis
import Remediation

/// How a verdict looks: a colour, a shape and a word, the same everywhere.
enum VerdictMark {
    static func word(_ label: String) -> Markup {
        label == "not_eligible" ? "not eligible" : "\(label)"
    }

    /// The shape alone, for beside a word.
    static func icon(_ label: String) -> Markup {
        """
        <svg class="mark \(label)" viewBox="0 0 12 12" aria-hidden="true">\
        <use href="#v-\(label)"/></svg>
        """
    }

    static func chip(_ label: String) -> Markup {
        "<span class=\"chip \(label)\">\(icon(label))\(word(label))</span>"
    }

    /// The shapes, defined once for each page. Filled shapes are verdicts that say something;
    /// outlines are those that do not.
    static let symbols: Markup = """
        <svg class="hidden" aria-hidden="true" focusable="false">
        <symbol id="v-healthy" viewBox="0 0 12 12"><circle cx="6" cy="6" r="4"/></symbol>
        <symbol id="v-busy" viewBox="0 0 12 12"><path d="M2 3h8v6H2z"/></symbol>
        <symbol id="v-suspect" viewBox="0 0 12 12"><path d="M6 1l5.5 10H.5z"/></symbol>
        <symbol id="v-hung" viewBox="0 0 12 12"><path d="M3.5 0h5L12 3.5v5L8.5 12h-5L0 8.5v-5z"/>
        </symbol>
        <symbol id="v-unknown" viewBox="0 0 12 12">
        <path d="M6 .5L11.5 6 6 11.5.5 6zM6 3L3 6l3 3 3-3z" fill-rule="evenodd"/></symbol>
        <symbol id="v-starting" viewBox="0 0 12 12">
        <path d="M6 1a5 5 0 110 10A5 5 0 016 1zm0 2a3 3 0 100 6z" fill-rule="evenodd"/></symbol>
        <symbol id="v-flapping" viewBox="0 0 12 12"><path d="M0 8l4-7 4 5 2-3 2 3-2 5-3-4-3 4z"/>
        </symbol>
        <symbol id="v-not_eligible" viewBox="0 0 12 12"><path d="M1 5h10v2H1z"/></symbol>
        </svg>
        """
}

/// How many graphs have each verdict.
struct VerdictCounts {
    private(set) var counts: [String: Int] = [:]
    private(set) var total = 0

    init(_ status: Status) {
        for id in status.inventory.entries.keys {
            counts[status.verdictLabel(of: id), default: 0] += 1
            total += 1
        }
    }

    static let order = [
        "hung", "suspect", "flapping", "unknown", "starting", "busy", "not_eligible", "healthy",
    ]

    var worstFirst: [(label: String, count: Int)] {
        Self.order.compactMap { label in counts[label].map { (label, $0) } }
    }
}

extension Status {
    func verdict(of id: String) -> Verdict? { view.graphs[GraphID(id)]?.verdict }

    func verdictLabel(of id: String) -> String { verdict(of: id)?.label ?? "unknown" }
}
