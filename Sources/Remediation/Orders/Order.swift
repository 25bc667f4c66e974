package import Time

/// What a person wants, and why. The machine carries it out or refuses it; either way it answers
/// and writes it down.
package struct Order: Hashable, Sendable {
    /// Chosen by the caller, who finds the answer by it. An order with an id that was answered
    /// before is the same order given again: it gets the same answer and is not carried out twice.
    package var id: String
    package var kind: Kind
    package var by: String
    package var reason: String

    package init(id: String, _ kind: Kind, by: String, reason: String) {
        self.id = id
        self.kind = kind
        self.by = by
        self.reason = reason
    }

    package enum Kind: Hashable, Sendable {
        /// Agrees to what was asked for: to this question, or with nil to whatever is asked.
        case approve(GraphID, Question? = nil)
        /// Refuses the approval that was asked for, or vetoes what was announced.
        case reject(GraphID, Question? = nil)
        /// Releases an exhausted, stalled or suspended graph. Only with `clearsAttempts` do its
        /// attempts so far no longer count against it.
        case acknowledge(GraphID, clearsAttempts: Bool = false)
        /// No restart starts while it lasts. A restart in progress is tracked to completion.
        case pause(PauseScope, until: Timestamp)
        case resume(PauseScope)
        /// Restarts now, past the gates that ask for a person and past those that the order names.
        case restart(GraphID, RestartTerms = RestartTerms())
        /// Says that the decision of this incident was right, or wrong.
        case label(incidentID: String, isRight: Bool)
    }
}

/// What a person who orders a restart takes responsibility for.
package struct RestartTerms: Hashable, Sendable {
    package var overrides: Set<Override>
    /// The name of the graph, typed by the person who accepts that the graph may be restarted
    /// twice; nil for everybody else.
    package var typedName: String?

    package init(overrides: Set<Override> = [], typedName: String? = nil) {
        self.overrides = overrides
        self.typedName = typedName
    }

    /// With what the typed name stands for.
    var allOverrides: [Override] {
        (typedName == nil ? overrides : overrides.union([.unknownOutcome])).sorted()
    }
}

extension Order.Kind {
    /// nil for more than one graph, and for an incident.
    package var graphID: GraphID? {
        switch self {
        case .approve(let id, _), .reject(let id, _), .acknowledge(let id, _), .restart(let id, _):
            id
        case .pause(let scope, _), .resume(let scope): scope.graphID
        case .label: nil
        }
    }

    package var verb: String {
        switch self {
        case .approve: "approve"
        case .reject: "reject"
        case .acknowledge: "acknowledge"
        case .pause: "pause"
        case .resume: "resume"
        case .restart: "restart"
        case .label: "label"
        }
    }

    /// Every value of `verb`.
    package static let verbs = [
        "acknowledge", "approve", "label", "pause", "reject", "restart", "resume",
    ]

    /// What is asked for, without the time until which: a client that asks again may compute
    /// another one.
    package var subject: String {
        switch self {
        case .approve(let id, let question), .reject(let id, let question):
            "\(verb) \(id)" + (question.map { ", \($0)" } ?? "")
        case .acknowledge(let id, let clears): "\(verb) \(id)" + (clears ? ", clear attempts" : "")
        case .pause(let scope, _), .resume(let scope): "\(verb) \(scope)"
        case .restart(let id, let terms): "\(verb) \(id)" + terms.allOverrides.afterComma
        case .label(let incidentID, let isRight):
            "\(verb) \(incidentID), \(DecisionLabel.word(isRight: isRight))"
        }
    }

    /// The order in the audit trail, which names the graph beside it.
    var text: String {
        switch self {
        case .approve, .reject: verb
        case .acknowledge(_, let clears): verb + (clears ? " and clear the attempts" : "")
        case .pause(let scope, let until): "\(verb) \(scope) until \(until)"
        case .resume(let scope): "\(verb) \(scope)"
        case .restart(_, let terms): verb + terms.allOverrides.afterComma
        case .label(let incidentID, let isRight):
            "\(verb) incident \(incidentID) \(DecisionLabel.word(isRight: isRight))"
        }
    }
}

extension [Override] {
    fileprivate var afterComma: String {
        isEmpty ? "" : ", overriding " + map(\.rawValue).joined(separator: ", ")
    }
}
