import Diagnosis
package import Time

/// Why a graph was, or was not, restarted: the answer to `graphwarden why`.
package struct Explanation: Hashable, Sendable {
    package let phase: Phase
    package let decision: Decision
    /// Every gate that applies, in evaluation order.
    package let gates: [GateFinding]
    /// The attempts that are young enough to count, oldest first.
    package let attempts: [Attempt]

    /// When time alone will have opened every closed gate; nil if it does not open all of them, or
    /// if none is closed.
    package var nextActionAt: Timestamp? {
        let closed = gates.compactMap(\.closedBy)
        let openings = closed.compactMap(\.until)
        return openings.count == closed.count ? openings.max() : nil
    }
}

extension Machine {
    /// Every gate with its verdict at this moment. Without a request the gates answer as if an
    /// alert of the class that fits the graph's status had just started.
    package func explain(_ id: GraphID, in view: FleetView, at instant: Timestamp) -> Explanation {
        explainer(in: view, at: instant).explain(id)
    }

    /// Explains several graphs at one moment: what the whole fleet has in progress is counted once.
    package func explainer(in view: FleetView, at instant: Timestamp) -> Explainer {
        Explainer(machine: self, view: view, at: instant, load: load(in: view, at: instant))
    }

    fileprivate func explain(
        _ id: GraphID,
        _ load: FleetLoad,
        in view: FleetView,
        at instant: Timestamp
    ) -> Explanation {
        let supposed = RestartRequest(
            graphID: id,
            hangClass: (view.graphs[id]?.statusCode).flatMap { HangClass(statusCode: $0) }
                ?? .unresponsive,
            alertname: "",
            reason: "",
            activeAt: instant
        )
        let context = gateContext(
            requests[id] ?? supposed,
            phase(of: id).agreement,
            load,
            view,
            at: instant
        )
        return Explanation(
            phase: phase(of: id),
            decision: decisions[id] ?? .idle,
            gates: context.findings(),
            attempts: records[id]?.attempts ?? []
        )
    }
}

/// The machine at one moment, for those who explain many graphs.
package struct Explainer: Sendable {
    fileprivate let machine: Machine
    fileprivate let view: FleetView
    fileprivate let at: Timestamp
    fileprivate let load: FleetLoad

    package func explain(_ id: GraphID) -> Explanation {
        machine.explain(id, load, in: view, at: at)
    }
}

/// What one gate says.
package struct GateFinding: Hashable, Sendable {
    package let gate: Gate
    /// nil if the gate is open.
    package let closedBy: HoldReason?
    /// One sentence for people, for an open gate too.
    package let sentence: String

    package var isOpen: Bool { closedBy == nil }

    init(gate: Gate, closedBy: HoldReason?, sentence: String) {
        self.gate = gate
        self.closedBy = closedBy
        self.sentence = sentence
    }

    /// A closed gate.
    init(_ gate: Gate, _ reason: HoldReason) {
        self.init(gate: gate, closedBy: reason, sentence: reason.description)
    }
}
