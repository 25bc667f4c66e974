import Cycle
import Diagnosis
import Remediation
import Time

extension GraphSections {
    /// A row for each sign: its last word, when, and its last hour.
    func signs(_ reader: SignReader?) -> Markup {
        guard let assessment, !assessment.signs.isEmpty else {
            return section("signs", "Signs", "<p>Nothing has been read from this graph yet.</p>")
        }
        let hours = reader?.probes(of: id) ?? [:]
        let rows = assessment.signs.map { row($0, hours[$0.sign]) }.joined()
        return section(
            "signs",
            "Signs",
            """
            <div class="scroll"><table><thead><tr><th scope="col">Sign</th>
            <th scope="col">Says</th><th scope="col">Answer</th><th scope="col">Read</th>
            <th scope="col">Since</th><th scope="col">Last hour</th></tr></thead>
            <tbody>\(rows)</tbody></table></div>
            <p class="aside">\(reached)</p>
            """
        )
    }

    private func row(_ sign: Assessment.SignReport, _ hour: SignHour?) -> Markup {
        let probe = entry.reading?.probes.first { $0.kind == sign.sign }
        let answer = probe?.text.isEmpty == false ? probe?.text ?? "" : sign.answer
        let strip = hour.map { SignStrip.svg($0, label: sign.sign) } ?? .empty
        return """
            <tr><th scope="row">\(sign.sign)</th>
            <td data-label="Says"><span class="word \(sign.word.rawValue)">\(sign.word.rawValue.spacedWords)\
            </span></td><td data-label="Answer" class="wide">\(answer)</td>
            <td data-label="Read">\(TimeText.ago(sign.at, context))</td>
            <td data-label="Since">\(TimeText.ago(sign.since, context))</td>
            <td data-label="Last hour">\(strip)</td></tr>
            """
    }

    /// How the graph is reached.
    private var reached: Markup {
        guard let path = assessment?.path else { return "The path to this graph is not known." }
        let proof = path.provedBy.map { "proved by \($0)" } ?? "not proved"
        return "Path \("\(path.path)"): \(proof)."
    }

    // MARK: Why

    /// The decision in one sentence, and every gate, the closed ones first.
    var why: Markup {
        let closed = explanation.gates.filter { !$0.isOpen }
        let open = explanation.gates.filter(\.isOpen)
        let next: Markup =
            explanation.nextActionAt.map { "They open by themselves \(TimeText.ago($0, context))." }
            ?? (closed.isEmpty ? .empty : "Not all of them open by themselves.")
        return section(
            "why",
            isActing ? "Why" : "Why not",
            """
            <p class="decision">\(context.readable("\(explanation.decision)").capitalizedFirst).</p>
            <p>\(belief)</p>
            <table class="gates"><thead><tr><th scope="col">Gate</th><th scope="col">State</th>
            <th scope="col">Finding</th><th scope="col">Can change</th></tr></thead>
            <tbody>\(closed.map(gate).joined())</tbody></table>
            <p class="aside">\(next)</p>
            <details id="open-gates"><summary>\(open.count.counted("open gate"))</summary>
            <table class="gates"><tbody>\(open.map(gate).joined())</tbody></table></details>
            """
        )
    }

    private var isActing: Bool {
        switch explanation.decision {
        case .restart, .following: true
        case .idle, .hold, .shadow: false
        }
    }

    private var belief: Markup {
        guard let assessment else { return .empty }
        return """
            Verdict: \(context.readable("\(assessment.verdict)")). <span class="aside">What would change this: \
            \(assessment.wouldChange).</span>
            """
    }

    private func gate(_ finding: GateFinding) -> Markup {
        let state: Markup =
            finding.isOpen
            ? "<span class=\"gate open\">open</span>" : "<span class=\"gate closed\">closed</span>"
        let change = finding.closedBy?.until.map { TimeText.ago($0, context) } ?? .empty
        return """
            <tr><th scope="row">\(finding.gate.rawValue.spacedWords)</th>
            <td data-label="State">\(state)</td>
            <td data-label="Finding" class="wide">\(context.readable(finding.sentence))</td>
            <td data-label="Can change">\(change)</td></tr>
            """
    }
}
