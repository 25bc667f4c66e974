import Cycle
import Series

/// What agents that share a fleet must have in common, because it decides what is restarted: the
/// sections of the configuration about policy, and the rules. Where the cloud is reached and how
/// an agent is called may differ. It is compared as text, so that nothing that is added later can
/// be forgotten here; comments and blank lines do not count.
enum PolicyFingerprint {
    private static let sections: Set<Substring> = [
        "graphs", "remediation", "diagnosis", "maintenance", "webhook", "evaluation_interval",
    ]

    /// Equal for equal policies, and the same in every process.
    static func hash(configuration: String, rules: [String]) -> String {
        AlertFingerprint.of(
            Labels([
                ("configuration", policy(in: configuration)),
                ("rules", rules.map(content).sorted().joined(separator: "\n---\n")),
            ])
        )
    }

    /// The sections about policy. A document in flow style counts as a whole.
    private static func policy(in text: String) -> String {
        let lines = lines(text)
        if lines.first?.first == "{" { return lines.joined(separator: "\n") }
        var isPolicy = false
        return lines.filter { line in
            if let first = line.first, !" -#".contains(first) {
                isPolicy = sections.contains(line.prefix { $0 != ":" })
            }
            return isPolicy
        }
        .joined(separator: "\n")
    }

    private static func content(_ text: String) -> String {
        lines(text).joined(separator: "\n")
    }

    private static func lines(_ text: String) -> [Substring] {
        text.split(whereSeparator: \.isNewline).map { line in
            var line = line
            while line.last?.isWhitespace ?? false { line.removeLast() }
            return line
        }
        .filter { line in
            let content = line.drop { $0 == " " }
            return !content.isEmpty && !content.hasPrefix("#") && content != "---"
        }
    }
}
