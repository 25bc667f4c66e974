import Remediation
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

    /// What the token covers besides the user.
    package var signedText: String {
        let subject =
            switch subject {
            case .graph(let id): "graph " + id
            case .fleet: "fleet"
            case .entry(let name): "entry " + name
            }
        return [verb, subject, orderID, issuedAt].joined(separator: "\n")
    }
}
