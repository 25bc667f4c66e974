import GESSimulator

extension FaultPlan: CustomStringConvertible {
    package var description: String { entries.map { "\($0)\n" }.joined() }

    /// Parses what `description` wrote. Empty lines and lines starting with `#` are skipped.
    package init(text: String) throws(FaultPlanError) {
        var entries: [Entry] = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            guard let time = Duration(seconds: String(first)),
                let event = FaultWords(words.dropFirst()).flatMap(FaultEvent.init)
            else { throw FaultPlanError(line: String(line)) }
            entries.append(Entry(at: time, event))
        }
        self.init(entries)
    }
}

package struct FaultPlanError: Error, Hashable, CustomStringConvertible {
    package let line: String
    package var description: String { "not an entry of a fault plan: \"\(line)\"" }
}

extension FaultPlan.Entry: CustomStringConvertible {
    package var description: String { "\(time.seconds) \(event.words.text)" }
}

extension FaultEvent {
    fileprivate var words: FaultWords {
        switch self {
        case .hang(let graph, let hangClass, let restarts):
            FaultWords(
                "hang",
                [
                    ("graph", "\(graph)"), ("class", hangClass.rawValue),
                    ("restarts", restarts.map { "\($0)" }),
                ]
            )
        case .heal(let graph): FaultWords("heal", [("graph", "\(graph)")])
        case .manner(let graph, let manner):
            FaultWords("manner", [("graph", "\(graph)")] + manner.words)
        case .status(let graph, let status):
            FaultWords("status", [("graph", "\(graph)"), ("code", status.rawValue)])
        case .lag(let graph, let lag):
            FaultWords("lag", [("graph", "\(graph)"), ("by", lag.seconds)])
        case .work(let graph, let kind, let duration):
            FaultWords(
                "work",
                [("graph", "\(graph)"), ("kind", kind.rawValue), ("lasting", duration.seconds)]
            )
        case .fault(let fault, let operation, let carriedOut, let count, let duration):
            FaultWords(
                "fault",
                [
                    ("kind", fault.name), ("on", operation.rawValue),
                    ("carried_out", carriedOut ? "yes" : nil), ("count", count.map { "\($0)" }),
                    ("lasting", duration.seconds),
                ] + fault.words
            )
        case .outage(let manner, let service, let duration):
            FaultWords(
                "outage",
                [
                    ("manner", manner.rawValue), ("service", service?.rawValue),
                    ("lasting", duration.seconds),
                ]
            )
        case .revocation: FaultWords("revocation")
        case .password(let isRight): FaultWords("password", [("right", isRight ? "yes" : "no")])
        case .wallJump(let jump): FaultWords("wall_jump", [("by", jump.seconds)])
        case .gatewayClock(let error): FaultWords("gateway_clock", [("error", error.seconds)])
        }
    }

    fileprivate init?(_ words: FaultWords) {
        switch words.verb {
        case "fault": self.init(faultWords: words)
        case "outage":
            guard let manner: Outage.Manner = words.choice("manner"),
                let duration = words.duration("lasting")
            else { return nil }
            self = .outage(manner, words.choice("service"), lasting: duration)
        case "revocation": self = .revocation
        case "password": self = .password(isRight: words["right"] == "yes")
        case "wall_jump":
            guard let jump = words.duration("by") else { return nil }
            self = .wallJump(jump)
        case "gateway_clock":
            guard let error = words.duration("error") else { return nil }
            self = .gatewayClock(error: error)
        default:
            guard let graph = words.number("graph") else { return nil }
            self.init(graph, words)
        }
    }

    private init?(_ graph: Int, _ words: FaultWords) {
        switch words.verb {
        case "hang":
            guard let hangClass: HangKind = words.choice("class") else { return nil }
            self = .hang(graph: graph, hangClass, restarts: words.number("restarts"))
        case "heal": self = .heal(graph: graph)
        case "manner":
            guard let manner = DataPlaneManner(words) else { return nil }
            self = .manner(graph: graph, manner)
        case "status":
            guard let code = words["code"] else { return nil }
            self = .status(graph: graph, SimulatedGraph.Status(rawValue: code))
        case "lag":
            guard let lag = words.duration("by") else { return nil }
            self = .lag(graph: graph, lag)
        case "work":
            guard let kind: WorkKind = words.choice("kind"),
                let duration = words.duration("lasting")
            else { return nil }
            self = .work(graph: graph, kind, lasting: duration)
        default: return nil
        }
    }

    private init?(faultWords words: FaultWords) {
        guard let fault = Fault(words), let operation: Operation = words.choice("on"),
            let duration = words.duration("lasting")
        else { return nil }
        self = .fault(
            fault,
            operation,
            carriedOut: words["carried_out"] == "yes",
            count: words.number("count"),
            lasting: duration
        )
    }
}

extension DataPlaneManner {
    fileprivate var words: [(String, String?)] {
        switch self {
        case .answering: [("manner", "answering")]
        case .slow(let delay): [("manner", "slow"), ("by", delay.seconds)]
        case .silent: [("manner", "silent")]
        case .dropping: [("manner", "dropping")]
        case .refusing: [("manner", "refusing")]
        case .unreachable: [("manner", "unreachable")]
        case .failing(let error): [("manner", "failing"), ("code", error.code)]
        }
    }

    fileprivate init?(_ words: FaultWords) {
        switch words["manner"] {
        case "answering": self = .answering
        case "slow":
            guard let delay = words.duration("by") else { return nil }
            self = .slow(delay)
        case "silent": self = .silent
        case "dropping": self = .dropping
        case "refusing": self = .refusing
        case "unreachable": self = .unreachable
        case "failing":
            guard let code = words["code"] else { return nil }
            self = .failing(FaultText.error(code))
        default: return nil
        }
    }
}

extension Fault {
    /// Only the faults that plans draw, and similar ones.
    fileprivate var words: [(String, String?)] {
        switch self {
        case .late(let delay): [("by", delay.seconds)]
        case .error(let error): [("code", error.code)]
        case .throttled(.seconds(let seconds)): [("retry_after", "\(seconds)")]
        case .html(let status), .emptyBody(let status), .garbage(let status):
            [("status", "\(status)")]
        case .shiftedPage(let shift): [("by", "\(shift)")]
        case .wrongTotal(let total): [("total", "\(total)")]
        case .restart(let course): course.words
        default: []
        }
    }

    fileprivate init?(_ words: FaultWords) {
        let bare: [Fault] = [.hang, .drop, .truncated, .nulls, .emptyObject, .tokensRevoked]
        switch words["kind"] {
        case "late":
            guard let delay = words.duration("by") else { return nil }
            self = .late(delay)
        case "error":
            guard let code = words["code"] else { return nil }
            self = .error(FaultText.error(code))
        case "throttled": self = .throttled(words.number("retry_after").map { .seconds($0) })
        case "shifted_page":
            guard let shift = words.number("by") else { return nil }
            self = .shiftedPage(by: shift)
        case "wrong_total":
            guard let total = words.number("total") else { return nil }
            self = .wrongTotal(total)
        case "restart":
            guard let course = RestartCourse(words) else { return nil }
            self = .restart(course)
        case let name:
            if let fault = bare.first(where: { $0.name == name }) {
                self = fault
            } else if let status = words.number("status") {
                self.init(name, status: status)
            } else {
                return nil
            }
        }
    }

    private init?(_ name: String?, status: Int) {
        switch name {
        case "html": self = .html(status: status)
        case "empty_body": self = .emptyBody(status: status)
        case "garbage": self = .garbage(status: status)
        default: return nil
        }
    }
}

extension RestartCourse {
    fileprivate var words: [(String, String?)] {
        switch self {
        case .runs: [("course", "runs")]
        case .jobFails: [("course", "job_fails")]
        case .endsIn(let status, _): [("course", "ends_in"), ("code", status.rawValue)]
        case .staysIn(let status): [("course", "stays_in"), ("code", status.rawValue)]
        case .jobLost: [("course", "job_lost")]
        case .jobRunsOn: [("course", "job_runs_on")]
        case .ignored: [("course", "ignored")]
        }
    }

    fileprivate init?(_ words: FaultWords) {
        let status = words["code"].map { SimulatedGraph.Status(rawValue: $0) }
        switch (words["course"], status) {
        case ("runs", _): self = .runs
        case ("job_fails", _): self = .jobFails(reason: FaultText.reason)
        case ("ends_in", let status?): self = .endsIn(status, reason: FaultText.reason)
        case ("stays_in", let status?): self = .staysIn(status)
        case ("job_lost", _): self = .jobLost
        case ("job_runs_on", _): self = .jobRunsOn
        case ("ignored", _): self = .ignored
        default: return nil
        }
    }
}
