import Remediation
import URI

/// Links to the pages on which a person gives an order. Nothing happens before the confirmation
/// there, which shows what the order costs.
enum OrderButtons {
    static func row(_ verbs: [String], graph id: String, _ context: PageContext) -> Markup {
        let details: Markup =
            "<a class=\"button plain\" href=\"\(context.link(.graph(id)))\">Details</a>"
        return "<p class=\"buttons\">\(buttons(verbs, graph: id, context))\(details)</p>"
    }

    /// Without the orders that this agent does not take.
    static func buttons(_ verbs: [String], graph id: String, _ context: PageContext) -> Markup {
        guard context.acceptsOrders else { return .empty }
        return verbs.filter { !context.refuses($0) }.map { verb -> Markup in
            let link = context.link(.order(verb, graph: id))
            return "<a class=\"button \(verb)\" href=\"\(link)\">\(verb.capitalizedFirst)</a>"
        }.joined(by: " ") + " "
    }
}

extension String {
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

extension String {
    /// For a value in the query of a link.
    var formEncoded: String { FormEncoding.encode(self) }
}
