import Cycle
import Diagnosis
import Remediation
import Rules
import Series
import Time

extension GraphSections {
    func incidents(_ records: [IncidentRecord]?) -> Markup {
        guard let records else {
            return section("incidents", "Incidents", "<p>They cannot be read; see the log.</p>")
        }
        guard !records.isEmpty else {
            return section("incidents", "Incidents", "<p>None on record.</p>")
        }
        let items = records.map { record -> Markup in
            let outcome = record.outcome?.spacedCamelCase ?? "open"
            let shadow: Markup = record.isShadow ? " <span class=\"aside\">shadow</span>" : .empty
            return """
                <li><p><a href="\(context.link(.incident(record.id)))">\
                \(TimeText.clock(record.openedAt, context))</a> <strong>\(outcome)</strong>\(shadow)
                <span class="aside">\(id: record.alertname)</span></p>
                \(Stepper.list(record, context))</li>
                """
        }.joined()
        let query = "?graph_id=\(id.formEncoded)"
        return section(
            "incidents",
            "Incidents",
            """
            <ul class="incidents">\(items)</ul>
            <p><a href="\(context.link(.incidents(query: query)))">All incidents of this graph</a></p>
            """
        )
    }

    // MARK: Work

    /// What the graph is working on: what a restart would end.
    var work: Markup {
        let jobs = (entry.jobs ?? []).map { job -> Markup in
            "<li>job \(id: job.id) \(job.beganAt.map { TimeText.ago($0, context) })</li>"
        }
        let tasks = (entry.lastTasks?.tasks ?? []).prefix(50).map(task)
        let noted: Markup =
            entry.lastTasks.map { "Tasks as listed \(TimeText.ago($0.at, context))." }
            ?? "The graph has not listed its tasks."
        let list: Markup =
            jobs.isEmpty && tasks.isEmpty
            ? "<p>No job runs, and no task is listed.</p>"
            : "<ul class=\"plain\">\((jobs + tasks).joined())</ul>"
        return section("work", "Jobs and tasks", "\(list)<p class=\"aside\">\(noted)</p>")
    }

    private func task(_ task: GraphReading.DataPlaneTask) -> Markup {
        let progress = task.progressRatio.map { "\(Int(($0 * 100).rounded(.down))) %" } ?? ""
        let began: Markup = task.startedAt.map { "began \(TimeText.ago($0, context))" } ?? .empty
        return """
            <li>task \(id: task.id) \(id: task.type ?? "") \(task.state.rawValue) \(progress) \
            \(began)</li>
            """
    }

    // MARK: Alerts

    var alerts: Markup {
        let alerts = context.status.alerts.filter { $0.labels["graph_id"] == id }
        let received = context.status.received.newestFirst
            .filter { $0.graphID.rawValue == id }.prefix(20)
        guard !alerts.isEmpty || !received.isEmpty else {
            return section("alerts", "Alerts", "<p>No alert speaks of this graph.</p>")
        }
        let own = alerts.map { alert -> Markup in
            """
            <li><strong>\(id: alert.labels["alertname"])</strong> \(alert.state.name) since \
            \(TimeText.ago(alert.activeAt, context))</li>
            """
        }
        let others = received.map { alert -> Markup in
            let isFiring = context.status.firing.contains(alert.key)
            return """
                <li><strong>\(id: alert.alertname)</strong> by webhook, \
                \(isFiring ? "firing" : "not firing") since \
                \(TimeText.ago(alert.key.startsAt, context)): \(alert.summary)</li>
                """
        }
        return section(
            "alerts",
            "Alerts",
            "<ul class=\"plain\">\((own + others).joined())</ul>"
        )
    }

    // MARK: Policy

    /// The policy in force for this graph.
    var policy: Markup {
        guard let policy = view?.policy else {
            return section(
                "policy",
                "Policy",
                "<p>No entry of <code>graphs</code> matches this graph.</p>"
            )
        }
        let rows = PolicyText.rows(policy).map { name, value -> Markup in
            "<tr><th scope=\"row\"><code>\(name)</code></th><td>\(value)</td></tr>"
        }.joined()
        let source: Markup =
            "From entry <strong>\(id: view?.entry ?? "")</strong> of the configuration."
        return section(
            "policy",
            "Policy",
            """
            <details id="policy-table"><summary>\(source)</summary>
            <table class="facts"><tbody>\(rows)</tbody></table></details>
            """
        )
    }
}

extension String {
    /// `recoveredAlone` as people write it.
    var spacedCamelCase: String {
        reduce(into: "") { text, character in
            text += character.isUppercase ? " " + character.lowercased() : String(character)
        }
    }
}
