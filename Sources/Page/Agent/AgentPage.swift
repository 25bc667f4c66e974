import Cycle
import Diagnosis
import Remediation
import Rules
import Time

/// The agent itself: its troubles, what it sees and how, what holds it, its limits and its build.
package enum AgentPage {
    /// - Parameter answer: the answer to an order about no single graph that was just given.
    package static func render(
        _ context: PageContext,
        _ facts: AgentFacts,
        answer: OrderAnswerText? = nil
    ) -> Markup {
        let view = AgentSections(context: context, facts: facts)
        return Layout.document(
            context,
            title: "Agent",
            current: .agent,
            """
            <h1>Agent</h1>
            \(view.troubles)
            \(view.pauses(answer))
            \(view.sources)
            \(view.paths)
            \(view.state)
            \(view.maintenance)
            \(view.alertmanagers)
            \(view.limits)
            \(view.build)
            """
        )
    }
}

struct AgentSections {
    let context: PageContext
    let facts: AgentFacts

    var status: Status { context.status }

    // MARK: Troubles

    var troubles: Markup {
        guard !context.troubles.isEmpty else {
            return "<p class=\"calm\">The agent has no problems.</p>"
        }
        let items = context.troubles.map { trouble -> Markup in
            let kind: Markup = trouble.preventsReady ? "alarm" : "notice"
            let since: Markup =
                trouble.since.map { "since \(TimeText.clock($0, context))" } ?? .empty
            let ready: Markup =
                trouble.preventsReady ? " The agent is not ready until then." : .empty
            return """
                <li class="card \(kind)"><p><strong>\(trouble.text)</strong>
                <span class="aside">\(since)</span></p>
                <p>To do: \(trouble.remedy).\(ready) <code class="label">\(trouble.name)</code></p></li>
                """
        }.joined()
        return Section.render("troubles", "Troubles", "<ul class=\"cards\">\(items)</ul>")
    }

    // MARK: Pauses

    /// Nothing can be ordered of an agent that takes no orders.
    func pauses(_ answer: OrderAnswerText?) -> Markup {
        let pauses = status.machine.pauses
        let rows = pauses.map { pause -> Markup in
            """
            <tr><th scope="row">\(scope(pause.scope))</th>
            <td data-label="Until">\(TimeText.ago(pause.until, context))</td>
            <td data-label="Since">\(TimeText.ago(pause.since, context))</td>
            <td data-label="By">\(id: pause.by)</td>
            <td data-label="Reason" class="wide">\(pause.reason)</td>
            <td data-label="">\(resume(pause.scope))</td></tr>

            """
        }
        let columns: [Markup] = ["Paused", "Until", "Since", "By", "Reason", "Resume"]
        let list: Markup =
            rows.isEmpty
            ? "<p>Nothing is paused.</p>" : DataTable.scrolling("Pauses", columns, rows)
        let pauseFleet = context.link(.fleetOrder("pause"), query: "?scope=fleet")
        let isFleetPaused = pauses.contains { $0.scope == .fleet }
        let pause: Markup =
            context.acceptsOrders && !isFleetPaused
            ? """
            <p class="buttons"><a class="button" href="\(pauseFleet)">Pause the fleet</a></p>
            """ : .empty
        return Section.render("pauses", "Pauses", "\(answer?.markup)" + list + pause)
    }

    private func scope(_ scope: PauseScope) -> Markup {
        switch scope {
        case .fleet: "the whole fleet"
        case .entry(let name): "entry \(id: name)"
        case .graph(let id): AlertParts.graph(id.rawValue, context)
        }
    }

    private func resume(_ scope: PauseScope) -> Markup {
        guard context.acceptsOrders else { return .empty }
        let order = Place.fleetOrder("resume")
        let link =
            switch scope {
            case .fleet: context.link(order, query: "?scope=fleet")
            case .entry(let name):
                context.link(order, query: "?scope=entry&entry=\(name.formEncoded)")
            case .graph(let id): context.link(.order("resume", graph: id.rawValue))
            }
        return "<a class=\"button\" href=\"\(link)\">Resume</a>"
    }

    // MARK: Sources

    var sources: Markup {
        let inventory = status.inventory
        let failure: Markup? = inventory.lastFailure.map {
            "<span class=\"alarm\">fails (\($0.reason)): \($0.text)</span>"
        }
        let answered: Markup =
            inventory.lastSuccess.map { "listing answered \(TimeText.ago($0, context))" }
            ?? "no listing was answered yet"
        let whole: Markup =
            inventory.isPartial
            ? "<span class=\"notice\">incomplete; missing graphs are kept</span>"
            : "complete \(TimeText.optional(inventory.lastCompleteListing, context))"
        let credential: Markup =
            inventory.lastFailure == nil && inventory.lastSuccess != nil
            ? "credential accepted by the last listing"
            : "unknown: the last listing failed"
        let reach: Markup =
            switch inventory.reach {
            case .untried: "no graph probed yet"
            case .none(let reason): "<span class=\"alarm\">no probe gets through: \(reason)</span>"
            case .proved: "probes get through"
            }
        let sight: Markup =
            status.view.sightSince.map { "without a gap since \(TimeText.clock($0, context))" }
            ?? "<span class=\"alarm\">blind</span>"
        return Section.render(
            "sources",
            "Sources",
            DataTable.facts(
                "Sources",
                [
                    ("GES", "\(answered)\(failure.map { "; \($0)" as Markup })"),
                    ("Listing", whole), ("IAM", credential), ("Data plane", reach),
                    ("Visibility", sight), ("Self-test", selfTest),
                ]
            )
        )
    }

    private var selfTest: Markup {
        guard let test = status.selfTest else { return "waiting for the first complete evaluation" }
        return """
            \(test.graphs.counted("graph")) listed, \(test.covered) covered by an entry, \
            \(test.acting) eligible for restart; \(test.askingRules.counted("rule")) may ask for \
            restarts; webhook \(test.takesAlerts ? "enabled" : "disabled"); \
            \(test.provedPaths) of \(test.paths.counted("path")) proved
            """
    }

    // MARK: Paths

    /// Each way to graphs, and what proves it. Without proof nothing on it is taken for hung.
    var paths: Markup {
        var members: [Path: [GraphID]] = [:]
        for graph in status.view.graphs.values {
            if let path = graph.path { members[path, default: []].append(graph.id) }
        }
        let states = status.diagnosis.pathStates
        guard !states.isEmpty else {
            return Section.render("paths", "Paths", "<p>No graph was probed in the last poll.</p>")
        }
        let rows = states.prefix(200).map { path, isProved -> Markup in
            let graphs = (members[path] ?? []).sorted()
            let proof = graphs.first.flatMap {
                status.assessment(of: $0.rawValue)?.path?.provedBy
            }
            let word: Markup =
                isProved
                ? "<span class=\"word alive\">proved</span>"
                : "<span class=\"word silent\">not proved</span>"
            return """
                <tr><th scope="row">\("\(path)")</th><td data-label="Graphs">\(graphs.count)</td>
                <td data-label="State">\(word)</td>
                <td data-label="By" class="wide">\(proof ?? "")</td></tr>

                """
        }
        return Section.render(
            "paths",
            "Paths",
            DataTable.scrolling("Paths to graphs", ["Path", "Graphs", "State", "Proved by"], rows)
        )
    }
}
