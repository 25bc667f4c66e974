package import JSON
package import Tables
package import Time

/// The result of a rehearsal, for people and for tickets.
package struct RehearsalReport: Sendable {
    package struct Line: Hashable, Sendable {
        package let at: Timestamp
        package let text: String
    }

    package let graphID: String
    package let graphName: String
    package let outcome: RehearsalOutcome
    package var sentAt: Timestamp?
    package var jobID: String?
    package var answer: String?
    /// The statuses that the graph passed.
    package var statusPath: String?
    package var timeline: [Line] = []
    package var findings: [AssumptionFinding] = []

    package var exitCode: Int32 { outcome.exitCode }

    /// One row for each assumption.
    package var table: Table {
        var table = Table([
            Table.Column("#"), Table.Column("ASSUMPTION"), Table.Column("RESULT"),
            Table.Column("EVIDENCE"),
        ])
        table.rows = findings.map { finding in
            [
                Cell(finding.assumption.question.map { "\($0)" } ?? "-"),
                Cell(finding.assumption.text),
                Cell(finding.verdict.rawValue, finding.verdict.tone), Cell(finding.evidence),
            ]
        }
        return table
    }

    /// The lines below the table.
    package var summary: [String] {
        let counts = AssumptionFinding.Verdict.allCases.map { verdict in
            "\(findings.count { $0.verdict == verdict }) \(verdict.rawValue)"
        }
        var lines = ["Graph:        \(graphName) (\(graphID))"]
        if let sentAt {
            lines.append("Restart:      sent at \(sentAt), answer: \(answer ?? "none")")
        }
        if let statusPath { lines.append("Statuses:     \(statusPath)") }
        lines.append("Assumptions:  " + counts.joined(separator: ", "))
        lines.append("Result:       \(outcome.text)")
        return lines
    }

    package var json: JSONValue {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        let restart: JSONValue? = sentAt.map { sentAt in
            .object([
                JSONMember("sentAt", .string("\(sentAt)")),
                JSONMember("answer", text(answer)),
                JSONMember("jobID", text(jobID)),
                JSONMember("statuses", text(statusPath)),
            ])
        }
        return .object([
            JSONMember(
                "graph",
                .object([
                    JSONMember("id", .string(graphID)), JSONMember("name", .string(graphName)),
                ])
            ),
            JSONMember("outcome", .string(outcome.label)),
            JSONMember("text", .string(outcome.text)),
            JSONMember("exitCode", .integer(Int64(exitCode))),
            JSONMember("restart", restart ?? .null),
            JSONMember("assumptions", .array(findings.map(Self.json))),
            JSONMember(
                "timeline",
                .array(
                    timeline.map { line in
                        .object([
                            JSONMember("at", .string("\(line.at)")),
                            JSONMember("text", .string(line.text)),
                        ])
                    }
                )
            ),
        ])
    }

    private static func json(_ finding: AssumptionFinding) -> JSONValue {
        .object([
            JSONMember(
                "question",
                finding.assumption.question.map { .integer(Int64($0)) } ?? .null
            ),
            JSONMember("name", .string(finding.assumption.rawValue)),
            JSONMember("assumption", .string(finding.assumption.text)),
            JSONMember("result", .string(finding.verdict.rawValue)),
            JSONMember("evidence", .string(finding.evidence)),
        ])
    }
}

extension AssumptionFinding.Verdict {
    fileprivate var tone: Cell.Tone {
        switch self {
        case .held: .good
        case .didNotHold: .bad
        case .notSeen: .plain
        }
    }
}
