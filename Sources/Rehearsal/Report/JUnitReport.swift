/// Runs as JUnit XML, which CI systems read: a suite for each scenario, a case for each seed.
package struct JUnitReport {
    private let summaries: [ScenarioSummary]

    package init(_ summaries: [ScenarioSummary]) {
        self.summaries = summaries
    }

    package var text: String {
        let tests = summaries.reduce(0) { $0 + $1.outcomes.count }
        let failures = summaries.reduce(0) { $0 + $1.failures.count }
        var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]
        lines.append("<testsuites tests=\"\(tests)\" failures=\"\(failures)\">")
        for summary in summaries {
            let name = summary.scenario.name.escaped
            lines.append(
                "  <testsuite name=\"\(name)\" tests=\"\(summary.outcomes.count)\""
                    + " failures=\"\(summary.failures.count)\""
                    + " file=\"\(summary.scenario.file.escaped)\">"
            )
            for outcome in summary.outcomes {
                let head = "    <testcase classname=\"\(name)\" name=\"seed \(outcome.seed)\""
                if outcome.hasPassed {
                    lines.append(head + "/>")
                } else {
                    let text = outcome.problems.joined(separator: "\n").escaped
                    lines.append(head + "><failure message=\"\(text)\"/></testcase>")
                }
            }
            lines.append("  </testsuite>")
        }
        return lines.joined(separator: "\n") + "\n</testsuites>\n"
    }
}

extension String {
    fileprivate var escaped: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "\n": text += "&#10;"
            case _ where scalar.value < 0x20: text += " "
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
