import Time

/// A fault in the control interface's form:
/// `{"kind": "late", "milliseconds": 500, "match": {"operation": "restart_graph"}, "count": 1}`.
extension ScheduledFault {
    private static let bytesMaximum: Int64 = 512 << 20

    init(
        reading body: inout ControlBody,
        at now: Timestamp,
        graphID: (String) throws(ControlError) -> String
    ) throws(ControlError) {
        let fault = try Self.fault(&body, graphID: graphID)
        var match = FaultMatch()
        if var inner = try body.object("match") {
            match.service = try inner.choice("service", CloudService.self)
            match.operation = try inner.choice("operation", Operation.self)
            if let graph = try inner.string("graph") { match.graphID = try graphID(graph) }
            try inner.finish()
        }
        self.init(
            fault,
            on: match,
            carriedOut: try body.bool("carried_out") ?? false,
            skip: try body.integer("skip", in: 0...1_000_000) ?? 0,
            count: try body.integer("count", in: 1...1_000_000),
            until: try body.seconds("seconds").map { now + $0 },
            probability: try body.number("probability", in: 0...1) ?? 1
        )
    }

    private static func fault(
        _ body: inout ControlBody,
        graphID: (String) throws(ControlError) -> String
    ) throws(ControlError) -> Fault {
        let kind = try body.required("kind")
        // Not joined with `??`, whose right side would lose the error's type.
        if let fault = try delivery(kind, &body) { return fault }
        if let fault = try replacement(kind, &body) { return fault }
        if let fault = try alteration(kind, &body) { return fault }
        if let fault = try lie(kind, &body) { return fault }
        if let fault = try list(kind, &body, graphID: graphID) { return fault }
        if let lie = try MetricLie(kind, &body) { return .metrics(lie) }
        throw ControlError("unknown kind of fault \"\(kind)\"")
    }

    private static func delivery(
        _ kind: String,
        _ body: inout ControlBody
    ) throws(ControlError) -> Fault? {
        switch kind {
        case "late": .late(try body.milliseconds("milliseconds") ?? .seconds(1))
        case "hang": .hang
        case "drop": .drop
        case "cut": .cut(afterBytes: try body.integer("bytes", in: 0...bytesMaximum) ?? 10)
        case "drip":
            .drip(bytesPerSecond: try body.integer("bytes_per_second", in: 1...1 << 20) ?? 10)
        case "delayed": .delayed(by: try body.seconds("delay_seconds") ?? .seconds(60))
        default: nil
        }
    }

    private static func replacement(
        _ kind: String,
        _ body: inout ControlBody
    ) throws(ControlError) -> Fault? {
        switch kind {
        case "error": return .error(try error(&body, otherwise: 500))
        case "error_in_success": return .errorInSuccess(try error(&body, otherwise: 200))
        case "throttled":
            if let seconds = try body.integer("retry_after_seconds", in: 0...86_400) {
                return .throttled(.seconds(seconds))
            }
            if let delay = try body.seconds("retry_after_date") {
                return .throttled(.date(after: delay))
            }
            return .throttled(nil)
        case "html": return .html(status: try status(&body, otherwise: 502))
        case "empty_body": return .emptyBody(status: try status(&body, otherwise: 503))
        case "garbage": return .garbage(status: try status(&body, otherwise: 200))
        case "quoting": return .quoting(status: try status(&body, otherwise: 401))
        case "redirect": return .redirect(to: try body.required("location"))
        default: return nil
        }
    }

    private static func alteration(
        _ kind: String,
        _ body: inout ControlBody
    ) throws(ControlError) -> Fault? {
        switch kind {
        case "empty_object": .emptyObject
        case "truncated": .truncated
        case "loose_types": .looseTypes
        case "wrong_types": .wrongTypes
        case "nulls": .nulls
        case "padded":
            .padded(bytes: try body.integer("bytes", in: 1...bytesMaximum) ?? 64 << 20)
        case "gzip_bomb":
            .gzipBomb(bytes: try body.integer("bytes", in: 1...bytesMaximum) ?? 64 << 20)
        default: nil
        }
    }

    private static func lie(
        _ kind: String,
        _ body: inout ControlBody
    ) throws(ControlError) -> Fault? {
        switch kind {
        case "wrong_clock":
            let seconds = try body.number("error_seconds", in: -1e9...1e9) ?? 3600
            return .wrongClock(by: .milliseconds(Int64(seconds * 1000)))
        case "shifted_page":
            return .shiftedPage(by: try body.integer("items", in: -10_000...10_000) ?? 1)
        case "wrong_total":
            return .wrongTotal(try body.integer("total", in: 0...1_000_000_000) ?? 0)
        case "token_dies_after":
            return .tokenDiesAfter(try body.seconds("life_seconds") ?? .seconds(1))
        case "tokens_revoked": return .tokensRevoked
        case "restart": return .restart(try course(&body))
        default: return nil
        }
    }

    private static func list(
        _ kind: String,
        _ body: inout ControlBody,
        graphID: (String) throws(ControlError) -> String
    ) throws(ControlError) -> Fault? {
        switch kind {
        case "lacking":
            var graphs: Set<String> = []
            for key in try body.words("graphs") { graphs.insert(try graphID(key)) }
            return .list(.lacking(graphs))
        case "empty_list": return .list(.empty)
        case "partial_list":
            return .list(.partial(items: try body.integer("items", in: 0...10_000) ?? 1))
        case "stale_list":
            return .list(.stale(age: try body.seconds("age_seconds") ?? .seconds(86_400)))
        case "unfiltered": return .list(.unfiltered)
        default: return nil
        }
    }

    static func course(
        _ body: inout ControlBody,
        otherwise base: String? = nil
    ) throws(ControlError) -> RestartCourse {
        let course = try body.string("course") ?? base
        func reason(_ body: inout ControlBody) throws(ControlError) -> String {
            try body.string("reason") ?? "Failed to start the graph engine."
        }
        switch course {
        case "runs": return .runs
        case "job_fails": return .jobFails(reason: try reason(&body))
        case "ends_in":
            let status = SimulatedGraph.Status(rawValue: try body.string("status") ?? "300")
            return .endsIn(status, reason: try reason(&body))
        case "stays_in":
            return .staysIn(SimulatedGraph.Status(rawValue: try body.string("status") ?? "901"))
        case "job_lost": return .jobLost
        case "job_runs_on": return .jobRunsOn
        case "ignored": return .ignored
        default:
            throw ControlError(
                "\"course\" must be one of runs, job_fails, ends_in, stays_in, job_lost, job_runs_on,"
                    + " ignored"
            )
        }
    }

    private static func status(
        _ body: inout ControlBody,
        otherwise: Int
    ) throws(ControlError) -> Int {
        try body.integer("status", in: 200...599) ?? otherwise
    }

    private static func error(
        _ body: inout ControlBody,
        otherwise: Int
    ) throws(ControlError) -> ServiceError {
        ServiceError(
            status: try status(&body, otherwise: otherwise),
            code: try body.string("code") ?? "GES.7006",
            message: try body.string("message")
                ?? "An internal error occurs in the underlying service of the graph engine."
        )
    }
}
