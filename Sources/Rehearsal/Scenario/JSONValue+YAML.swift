import JSON
import StrictYAML
import Time

/// Members of a control operation as a scenario writes them.
extension JSONMember {
    /// A member whose name ends in `seconds` may be a duration such as `3h`.
    init(_ name: String, yaml node: YAMLNode) {
        self.init(name, JSONValue(node, isDuration: name.hasSuffix("seconds"), name))
    }
}

extension JSONValue {
    fileprivate init(_ node: YAMLNode, isDuration: Bool, _ name: String) {
        switch node.content {
        case .sequence(let items):
            self = .array(items.map { JSONValue($0, isDuration: isDuration, name) })
        case .mapping(let entries):
            self = .object(entries.map { JSONMember($0.key, yaml: $0.value) })
        case .scalar(let text, isPlain: let isPlain):
            self = isPlain ? Self.plain(text, isDuration: isDuration, name) : .string(text)
        }
    }

    private static func plain(_ text: String, isDuration: Bool, _ name: String) -> JSONValue {
        if let number = Int64(text) { return .integer(number) }
        if let number = Double(text), number.isFinite { return .double(number) }
        if isDuration, let duration = try? PrometheusDuration.parse(text) {
            let milliseconds = duration.wholeMilliseconds
            return name == "milliseconds"
                ? .integer(milliseconds) : .double(Double(milliseconds) / 1000)
        }
        switch text {
        case "true": return true
        case "false": return false
        case "null", "~", "": return .null
        default: return .string(text)
        }
    }
}

extension YAMLNode {
    var text: String? {
        if case .scalar(let text, isPlain: _) = content { text } else { nil }
    }

    /// A word, or each word of a list; nil for anything else.
    var words: [String]? {
        switch content {
        case .scalar(let text, isPlain: _): [text]
        case .sequence(let items):
            items.allSatisfy { $0.text != nil } ? items.compactMap(\.text) : nil
        case .mapping: nil
        }
    }

    /// In one line, as a person would write it.
    var line: String {
        switch content {
        case .scalar(let text, isPlain: _): text
        case .sequence(let items): "[" + items.map(\.line).joined(separator: ", ") + "]"
        case .mapping(let entries):
            "{" + entries.map { "\($0.key): \($0.value.line)" }.joined(separator: ", ") + "}"
        }
    }
}
