import Cycle
import Diagnosis
import Remediation
import Time

extension OrderView {
    /// What follows from the order, and what it costs.
    var effect: Markup {
        switch form.verb {
        case "approve": evidence + asked + gates
        case "restart": evidence + cost + gates
        case "reject":
            """
            <p>The agent does not restart this graph for a day. An alert that still fires then is \
            asked about again.</p>\(evidence)
            """
        case "acknowledge": evidence + attempts
        case "pause": pausing
        default: resuming
        }
    }

    private var graphID: GraphID { GraphID(form.subject.graphID ?? "") }

    private var explanation: Explanation {
        context.status.machine.explain(graphID, in: context.status.view, at: context.now)
    }

    private var evidence: Markup {
        let label = context.status.verdictLabel(of: graphID.rawValue)
        guard let belief = context.status.assessment(of: graphID.rawValue) else {
            return "<p>\(VerdictMark.chip(label))</p>"
        }
        let path = belief.path?.provedBy.map { "; the path is proved by \($0)" } ?? ""
        return "<p>\(VerdictMark.icon(label))\(context.readable("\(belief.verdict)") + path).</p>"
    }

    // MARK: Cost

    /// What the agent asks to do, which need not be a restart.
    private var asked: Markup {
        let remedy = form.question?.remedy
        guard let remedy, let end = remedy.firstIndex(of: "/") else {
            let stop: Markup =
                remedy == Rung.stopAndStart.rawValue
                ? "<p>The agent asks to stop the graph and to start it again.</p>" : .empty
            return stop + cost
        }
        return """
            <div class="cost"><p><strong>This cancels the task \
            \(id: String(remedy[remedy.index(after: end)...])) and no other.</strong></p></div>
            """
    }

    private static let maximumTasks = 10

    /// What a restart would end, task by task.
    private var cost: Markup {
        let id = graphID.rawValue
        let hangClass = context.status.verdict(of: id)?.hangClass
        let tasks = context.status.view.graphs[graphID]?.tasks?.tasks ?? []
        let items = tasks.prefix(Self.maximumTasks).map { task -> Markup in
            let progress = task.progressRatio.map { ", \(Int($0 * 100)) % done" } ?? ""
            let began: Markup =
                task.startedAt.map { ", began \(TimeText.ago($0, context))" } ?? .empty
            return "<li>\(id: task.type ?? "task") \(id: task.id)\(progress)\(began)</li>"
        }
        let rest = tasks.count - items.count
        let more: Markup = rest > 0 ? "<li>and \(rest) more</li>" : .empty
        let list: Markup =
            items.isEmpty ? .empty : "<ul class=\"plain\">\(items.joined())\(more)</ul>"
        return """
            <div class="cost"><p><strong>This ends \(RestartCost.text(of: id, hangClass, context)).\
            </strong> The graph answers nothing for several minutes.</p>\(list)</div>
            """
    }

    /// The gates that are closed now, but for those that a person opens.
    private var gates: Markup {
        let closed = explanation.gates.filter { finding in
            !finding.isOpen && ![.approval, .veto, .shadow].contains(finding.gate)
        }
        guard !closed.isEmpty else { return "<p>No gate holds it.</p>" }
        let items = closed.map { finding -> Markup in
            "<li>\(finding.gate.rawValue.spacedWords): \(context.readable(finding.sentence))</li>"
        }
        let what: Markup =
            form.verb == "approve"
            ? "It waits until these gates are open:"
            : "These gates are closed. Those that you do not override hold it:"
        return "<p>\(what)</p><ul class=\"plain\">\(items.joined())</ul>"
    }

    /// The overrides that the closed gates ask for.
    var overriding: Markup {
        let wanted = Set(explanation.gates.compactMap { $0.closedBy?.override })
        let boxes = wanted.filter { $0 != .unknownOutcome }.sorted().map { override -> Markup in
            let name = override.rawValue
            let mark: Markup = form.overrides.contains(name) ? " checked" : .empty
            return """
                <label class="check"><input type="checkbox" name="override" value="\(name)"\(mark)>\
                Override \(name.spacedWords)</label>
                """
        }
        guard wanted.contains(.unknownOutcome) else { return boxes.joined() }
        return boxes.joined() + """
            <label for="graph-name">A restart was sent and its outcome is not known: this may \
            restart the graph twice. To accept that, type the name of the graph
            <input id="graph-name" name="graph_name" maxlength="200" autocomplete="off" \
            value="\(form.typedName)"></label>
            """
    }

    private var attempts: Markup {
        let items = explanation.attempts.map { attempt -> Markup in
            let outcome = attempt.ending?.outcome.text ?? "has not ended"
            return """
                <li>Attempt \(attempt.number) \(TimeText.ago(attempt.createdAt, context)) \(outcome)</li>
                """
        }
        return """
            <p>\(context.readable("\(explanation.phase)").capitalizedFirst).</p><ul class="plain">\(items.joined())</ul>
            """
    }

    // MARK: Pauses

    private var pausing: Markup {
        let count = context.status.machine.graphCount(form.subject.scope, in: context.status.view)
        let flying = context.status.machine.restartsInFlight(
            form.subject.scope,
            context.status.view
        ).map { restart -> Markup in
            let landing: Markup =
                restart.latestLanding.map { "takes effect by \(TimeText.clock($0, context))" }
                ?? "has taken effect"
            return "<li>\(id: restart.graphName), attempt \(restart.attempt): \(landing)</li>"
        }
        let list: Markup =
            flying.isEmpty
            ? "<p>No restart is in progress.</p>"
            : """
            <p>What is in progress cannot be called back and is tracked to completion:</p>
            <ul class="plain">\(flying.joined())</ul>
            """
        return """
            <div class="cost"><p><strong>No restart of \(count.counted("graph")) starts during the \
            pause.</strong></p></div>\(list)
            """
    }

    private var resuming: Markup {
        let grace = context.status.settings?.defaultPolicy.startupGrace.text ?? ""
        return """
            <p>Restarts are possible again after everything has been observed anew for \
            \(grace).</p>
            """
    }
}
