import GoText
import Listener
import PromQL
import Rules
import Series
import Threads
import Time
import Cycle

/// `/api/v1/rules` and `/api/v1/alerts`, in the format of Prometheus.
struct RulesAPI: Sendable {
    let documents: StatusDocuments
    let runner: QueryRunner

    var routes: [Route] {
        [documents.route("/api/v1/alerts", .alerts)]
            + Route.query("/api/v1/rules", methods: ["GET"]) {
                request,
                form async throws(QueryFailure) in
                try await rules(request, form)
            }
    }

    private func rules(
        _ request: ServerRequest,
        _ form: RequestForm
    ) async throws(QueryFailure) -> Reply {
        if request.query.isEmpty { return await documents.reply(.rules, to: request) }
        let groups = documents.board.current.groups
        // Patterns may take long to compile and to match.
        if !form.texts("match[]").isEmpty {
            return try await runner.run { context throws(QueryFailure) in
                let filter = try RuleFilter(request, form)
                return .response(
                    .json(try Self.document(of: filter, groups, context.meter.work))
                )
            }
        }
        let filter = try RuleFilter(request, form)
        let result = await documents.pool.run { () -> Result<[UInt8], QueryFailure> in
            Result { () throws(QueryFailure) in
                try Self.document(of: filter, groups) { _ in }
            }
        }
        return .response(.json(try result.get()))
    }

    static func alerts(_ status: Status) -> [UInt8] {
        QueryReply.document { json in
            json.object { json in
                json.member("alerts") { $0.array(status.alerts) { $0.write($1) } }
            }
        }
    }

    /// All rules.
    static func rules(_ status: Status) -> [UInt8] {
        document(of: RuleFilter.Page(allOf: status.groups), withAlerts: true)
    }

    private static func document(
        of filter: RuleFilter,
        _ groups: [GroupStatus],
        _ work: (Int) throws(QueryFailure) -> Void
    ) throws(QueryFailure) -> [UInt8] {
        document(of: try filter.page(of: groups, work), withAlerts: !filter.excludesAlerts)
    }

    private static func document(of page: RuleFilter.Page, withAlerts: Bool) -> [UInt8] {
        QueryReply.document { json in
            json.object { json in
                json.member("groups") { json in
                    json.array(page.groups) {
                        $0.write($1.group, $1.rules, withAlerts: withAlerts)
                    }
                }
                if let next = page.nextToken { json.member("groupNextToken", next) }
            }
        }
    }
}

extension PrometheusJSON {
    mutating func write(_ alert: ActiveAlert) {
        object { json in
            json.member("labels") { $0.labels(alert.labels) }
            json.member("annotations") { $0.texts(alert.annotations.map { ($0.name, $0.value) }) }
            json.member("state", alert.state.name)
            json.member("activeAt", alert.activeAt.rfc3339)
            if let since = alert.keepFiringSince {
                json.member("keepFiringSince", since.rfc3339)
            }
            json.member("value", GoFloat.format(alert.value, .scientific))
            // Restored after a restart and not seen since.
            if !alert.isConfirmed { json.member("unconfirmed") { $0.raw("true") } }
        }
    }

    fileprivate mutating func write(
        _ group: GroupStatus,
        _ rules: [RuleStatus],
        withAlerts: Bool
    ) {
        object { json in
            json.member("name", group.name)
            json.member("file", group.file)
            json.member("rules") { json in
                json.array(rules) { $0.write($1, withAlerts: withAlerts) }
            }
            json.member("interval") { $0.number(group.interval.inSeconds) }
            json.member("limit") { $0.integer(group.limit) }
            json.member("evaluationTime") { $0.number(group.counters.lastDuration.inSeconds) }
            json.member("lastEvaluation", group.counters.lastEvaluation.rfc3339)
        }
    }

    private mutating func write(_ status: RuleStatus, withAlerts: Bool) {
        object { json in
            switch status.rule {
            case .alerting(let rule):
                json.member("state", status.state)
                json.member("name", rule.name)
                json.member("query", "\(rule.expression)")
                json.member("duration") { $0.number(rule.holdDuration.inSeconds) }
                json.member("keepFiringFor") { $0.number(rule.keepFiringFor.inSeconds) }
                json.member("labels") { $0.texts(rule.labels.map(\.source)) }
                json.member("annotations") { $0.texts(rule.annotations.map(\.source)) }
                json.member("alerts") { json in
                    if withAlerts {
                        json.array(status.alerts) { $0.write($1) }
                    } else {
                        json.null()
                    }
                }
            case .recording(let rule):
                json.member("name", rule.name)
                json.member("query", "\(rule.expression)")
                if !rule.labels.isEmpty {
                    json.member("labels") { $0.texts(rule.labels.map { ($0.name, $0.value) }) }
                }
            }
            json.writeHealth(of: status)
            json.member("type", status.typeName)
        }
    }

    private mutating func writeHealth(of status: RuleStatus) {
        switch status.health {
        case .unknown: member("health", "unknown")
        case .ok: member("health", "ok")
        case .failing(let error):
            member("health", "err")
            member("lastError", error)
        }
        member("evaluationTime") { $0.number(status.lastDuration.inSeconds) }
        member("lastEvaluation", status.lastEvaluation.rfc3339)
    }

    private mutating func texts(_ pairs: [(String, String)]) {
        labels(Labels(pairs))
    }
}

extension TemplatedText {
    fileprivate var source: (String, String) { (name, text) }
}

extension RuleStatus {
    fileprivate var typeName: String {
        switch rule {
        case .alerting: "alerting"
        case .recording: "recording"
        }
    }
}

extension Timestamp? {
    /// Go's zero time if there has been no evaluation.
    fileprivate var rfc3339: String { map(\.rfc3339) ?? "0001-01-01T00:00:00Z" }
}
