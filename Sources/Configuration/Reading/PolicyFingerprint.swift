import Cycle
import PromQL
import Series

/// What agents that share a fleet must have in common, because it decides what is restarted: the
/// policy and the rules, with the defaults that apply. Where the cloud is reached, how an agent is
/// called and where its files are may differ, and so may the way in which the same is written.
enum PolicyFingerprint {
    /// Equal for equal policies, and the same in every process.
    static func hash(
        _ loaded: LoadedConfiguration,
        parser: ParserOptions,
        rules: [String]
    ) -> String {
        let configuration = loaded.configuration
        return AlertFingerprint.of(
            Labels([
                (
                    "policy",
                    text(of: [
                        configuration.graphs, configuration.defaultPolicy,
                        configuration.evaluationInterval, configuration.maintenance,
                        configuration.webhook?.terms as Any, loaded.lookback, parser,
                    ])
                ),
                ("rules", rules.map(content).sorted().joined(separator: "\n---\n")),
            ])
        )
    }

    /// Every property of the values. Sorted, because sets and dictionaries have no order; without
    /// the numbers by which `dump` tells objects apart, which follow that order.
    private static func text(of values: [Any]) -> String {
        var text = ""
        for value in values { dump(value, to: &text) }
        return text.split(separator: "\n")
            .map { $0.replacing(/\ #\d+$/, with: "") }
            .sorted()
            .joined(separator: "\n")
    }

    /// Comments and blank lines of a rule file decide nothing.
    private static func content(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).map { line in
            var line = line
            while line.last?.isWhitespace ?? false { line.removeLast() }
            return line
        }
        .filter { line in
            let content = line.drop { $0 == " " }
            return !content.isEmpty && !content.hasPrefix("#")
        }
        .joined(separator: "\n")
    }
}
