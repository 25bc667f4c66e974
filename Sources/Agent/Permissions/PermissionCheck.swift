package import JSON
import Time

/// What came of one read-only request of `graphwarden check permissions`.
package struct PermissionCheck: Hashable, Sendable {
    package enum Verdict: String, Hashable, Sendable, CaseIterable {
        case ok
        /// The credential is valid for less than what the agent needs, or not at all.
        case refused
        /// No connection was accepted.
        case unreachable
        /// The request says nothing about permissions or the network.
        case unknown
    }

    /// The request, such as `list graphs`.
    package var request: String
    /// To whom it was sent: an endpoint, or a path with the graph that stood for it.
    package var target: String
    package var verdict: Verdict
    /// Nil if nothing was sent.
    package var duration: Duration?
    /// What came back, in one line.
    package var answer: String
    /// What to change; empty if nothing.
    package var remedy: String

    package init(
        _ request: String,
        of target: String,
        _ verdict: Verdict,
        _ duration: Duration?,
        _ answer: String,
        remedy: String = ""
    ) {
        self.request = request
        self.target = target
        self.verdict = verdict
        self.duration = duration
        self.answer = answer
        self.remedy = remedy
    }
}

extension [PermissionCheck] {
    /// 0 if everything is permitted, 1 if anything is refused or unreachable, 2 if anything else
    /// prevents a statement.
    package var exitCode: Int32 {
        if contains(where: { $0.verdict == .refused || $0.verdict == .unreachable }) { return 1 }
        return contains { $0.verdict == .unknown } ? 2 : 0
    }

    /// One line per request, and one per remedy below it.
    package var table: [String] {
        let requestWidth = map(\.request.count).max() ?? 0
        let targetWidth = map(\.target.count).max() ?? 0
        return flatMap { check in
            let line =
                check.verdict.rawValue.padded(to: 13)
                + check.request.padded(to: requestWidth + 2)
                + check.target.padded(to: targetWidth + 2)
                + (check.milliseconds.map { "\($0) ms" } ?? "-").padded(to: 10) + check.answer
            return check.remedy.isEmpty ? [line] : [line, "             -> \(check.remedy)"]
        }
    }

    package var json: JSONValue {
        .object([
            JSONMember("exitCode", .integer(Int64(exitCode))),
            JSONMember("notTried", .string(PermissionChecks.notTried)),
            JSONMember("checks", .array(map(\.json))),
        ])
    }
}

extension PermissionCheck {
    fileprivate var milliseconds: Int64? { duration.map(\.wholeMilliseconds) }

    fileprivate var json: JSONValue {
        .object([
            JSONMember("request", .string(request)),
            JSONMember("target", .string(target)),
            JSONMember("verdict", .string(verdict.rawValue)),
            JSONMember("milliseconds", milliseconds.map { .integer($0) } ?? .null),
            JSONMember("answer", .string(answer)),
            JSONMember("remedy", .string(remedy)),
        ])
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(1, width - count))
    }
}
