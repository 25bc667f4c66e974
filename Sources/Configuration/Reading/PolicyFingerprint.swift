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

    /// Every property of the value, in the order of its declaration. Sets and dictionaries are
    /// sorted: their order differs from process to process.
    static func text(of value: Any) -> String {
        // What a pattern is compiled to says no more.
        if let pattern = value as? LabelValuePattern { return pattern.source.debugDescription }
        let mirror = Mirror(reflecting: value)
        let children = mirror.children.map { child in
            (child.label.map { $0 + ":" } ?? "") + text(of: child.value)
        }
        return switch mirror.displayStyle {
        case .set, .dictionary: "[\(children.sorted().joined(separator: ","))]"
        case .optional where children.isEmpty: "?"
        case .enum where children.isEmpty: "\(value)".debugDescription
        case nil: "\(value)".debugDescription
        default: "(\(children.joined(separator: ",")))"
        }
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
