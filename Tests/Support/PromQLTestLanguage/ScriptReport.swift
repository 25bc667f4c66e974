/// The outcomes of the cases of one script.
package struct ScriptReport: Sendable {
    package let script: String
    package private(set) var outcomes: [CaseOutcome] = []

    init(script: String) {
        self.script = script
    }

    /// A script that could not be parsed counts as one failed case.
    package init(unreadable script: String, _ message: String, line: Int) {
        self.script = script
        add(.failed([.remark(message)]), line: line, subject: "script")
    }

    mutating func add(_ verdict: CaseOutcome.Verdict, line: Int, subject: String) {
        outcomes.append(
            CaseOutcome(script: script, line: line, subject: subject, verdict: verdict)
        )
    }

    package var passedCount: Int { outcomes.filter(\.isPassed).count }
    package var failures: [CaseOutcome] { outcomes.filter(\.isFailed) }
    package var skipped: [CaseOutcome] { outcomes.filter { !$0.isPassed && !$0.isFailed } }
}

package struct CaseOutcome: Sendable {
    enum Verdict: Sendable {
        case passed
        case failed([Difference])
        /// It depends on a feature that this engine leaves out on purpose, such as native
        /// histograms.
        case skipped(String)
    }

    package let script: String
    /// The line of the statement, from 1.
    package let line: Int
    package let subject: String
    let verdict: Verdict

    var isPassed: Bool { if case .passed = verdict { true } else { false } }
    var isFailed: Bool { if case .failed = verdict { true } else { false } }
}

/// `file:line: subject`, followed by lines with `-` for missing and `+` for unexpected results.
extension CaseOutcome: CustomStringConvertible {
    private static let maximumLines = 40

    package var description: String {
        let place = "\(script):\(line): \(subject)"
        switch verdict {
        case .passed: return place + ": passed"
        case .skipped(let reason): return place + ": skipped, \(reason)"
        case .failed(let differences):
            var lines = differences.prefix(CaseOutcome.maximumLines).map { "    \($0)" }
            let hidden = differences.count - lines.count
            if hidden > 0 { lines.append("      and \(hidden) more lines") }
            return ([place] + lines).joined(separator: "\n")
        }
    }
}
