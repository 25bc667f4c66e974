package import Remediation
import Time
package import URI

/// An order as a person fills it in on a page.
package struct OrderForm: Sendable, Hashable {
    /// One of `Order.Kind.verbs`.
    package let verb: String
    package let subject: Subject
    /// Chosen when the form is shown: a form that is sent twice is carried out once.
    package var orderID: String
    /// Proves that the form is from a page of this agent that was shown to this user.
    package var token: String
    package var issuedAt: String
    /// What was asked when the form was shown, of an approval or a rejection; nil if nothing was.
    package var question: Question?
    package var reason = ""
    /// How long a pause lasts, as a duration.
    package var duration = "2h"
    package var clearsAttempts = false
    package var overrides: Set<String> = []
    /// The name of the graph, typed to accept the risk that it is restarted twice.
    package var typedName = ""

    package enum Subject: Sendable, Hashable {
        case graph(String)
        case fleet
        case entry(String)

        package var graphID: String? {
            if case .graph(let id) = self { id } else { nil }
        }

        var scope: PauseScope {
            switch self {
            case .graph(let id): .graph(GraphID(id))
            case .fleet: .fleet
            case .entry(let name): .entry(name)
            }
        }
    }

    package init(
        verb: String,
        subject: Subject,
        orderID: String,
        token: String = "",
        issuedAt: String = ""
    ) {
        self.verb = verb
        self.subject = subject
        self.orderID = orderID
        self.token = token
        self.issuedAt = issuedAt
    }

    /// Takes what was typed from the body of a form. Unknown names are ignored.
    package mutating func fill(_ items: [FormEncoding.Item]) {
        let words = Dictionary(items.map { ($0.name, $0.value) }) { $1 }
        if let remedy = words["remedy"], let since = words["asked_at"],
            let instant = Timestamp(rfc3339: since)
        {
            question = Question(remedy: remedy, since: instant)
        }
        for item in items {
            switch item.name {
            case "id": orderID = item.value
            case "token": token = item.value
            case "issued": issuedAt = item.value
            case "reason": reason = item.value
            case "for": duration = item.value
            case "clear_attempts": clearsAttempts = item.value == "true"
            case "override": overrides.insert(item.value)
            case "graph_name": typedName = item.value
            default: break
            }
        }
    }

    /// Takes what the person typed, and nothing of what the page chose.
    package mutating func takeInput(of other: OrderForm) {
        (reason, duration, clearsAttempts, overrides, typedName) =
            (
                other.reason, other.duration, other.clearsAttempts, other.overrides,
                other.typedName
            )
    }

    /// What the token covers besides the user.
    package var signedText: String {
        let subject =
            switch subject {
            case .graph(let id): "graph " + id
            case .fleet: "fleet"
            case .entry(let name): "entry " + name
            }
        let question = question.map { "\($0)" } ?? ""
        return [verb, subject, orderID, issuedAt, question].joined(separator: "\n")
    }

    /// An approval or a rejection, which makes sense only while something waits for it.
    package var isAnswer: Bool { verb == "approve" || verb == "reject" }
}
