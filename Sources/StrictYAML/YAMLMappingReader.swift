/// Reads the keys of one mapping, each once, by name and declared type:
///
///     YAMLType.mapping { reader in
///         Sampling(
///             interval: reader.value("interval", .duration, default: .seconds(30)),
///             probes: reader.required("probes", .list(of: .string)),
///             proxy: reader.optional("proxy", .string))
///     }
///
/// Every call returns a value, whatever the file contains; see `YAMLType`. A key without a value
/// (`interval:`) counts as absent.
package final class YAMLMappingReader {
    /// Where the mapping starts.
    package let mark: YAMLMark
    package let context: YAMLContext
    private let entries: [String: YAMLNode.Entry]
    private let order: [YAMLNode.Entry]
    /// The keys asked for so far; every other key of the file is unknown.
    private var knownKeys: [String] = []

    static var empty: YAMLMappingReader { YAMLMappingReader([], at: .start, .silent) }

    init(_ entries: [YAMLNode.Entry], at mark: YAMLMark, _ context: YAMLContext) {
        self.mark = mark
        self.context = context
        self.order = entries
        self.entries = Dictionary(entries.map { ($0.key, $0) }) { first, _ in first }
    }

    /// A key that must be present.
    package func required<Value>(_ key: String, _ type: YAMLType<Value>) -> Value {
        guard let node = node(for: key) else {
            report("missing key \(quoted(key))")
            return type.placeholder()
        }
        return type.read(node, context.appending(key: key)) ?? type.placeholder()
    }

    /// A key that may be absent.
    package func optional<Value>(_ key: String, _ type: YAMLType<Value>) -> Value? {
        node(for: key).flatMap { type.read($0, context.appending(key: key)) }
    }

    /// A key with a default.
    package func value<Value>(
        _ key: String,
        _ type: YAMLType<Value>,
        default: @autoclosure () -> Value
    ) -> Value {
        optional(key, type) ?? `default`()
    }

    /// Exactly one of several alternative keys.
    ///
    /// - Parameter alternatives: at least one.
    /// - Returns: the value of the key that is present; nil, after reporting an error, if there is
    ///   none. If there are several, reports an error and returns the first.
    package func exactlyOne<Value>(
        of alternatives: KeyValuePairs<String, YAMLType<Value>>
    ) -> Value? {
        let present = alternatives.filter { node(for: $0.key) != nil }
        let names = alternatives.map { quoted($0.key) }.joined(separator: ", ")
        if present.isEmpty { report("one of \(names) must be set") }
        for extra in present.dropFirst() {
            report("only one of \(names) may be set", at: extra.key)
        }
        return present.first.flatMap { optional($0.key, $0.value) }
    }

    /// Whether the key is present and has a value. Makes the key known.
    package func has(_ key: String) -> Bool {
        node(for: key) != nil
    }

    /// Whether the key is absent or its value is an empty list or mapping. Makes the key known.
    package func isEmpty(_ key: String) -> Bool {
        switch node(for: key)?.content {
        case nil: true
        case .scalar: false
        case .sequence(let items): items.isEmpty
        case .mapping(let entries): entries.isEmpty
        }
    }

    /// Where the value of a key starts, or where the mapping starts if the key is absent.
    package func valueMark(_ key: String) -> YAMLMark {
        entries[key]?.value.mark ?? mark
    }

    /// Reports an issue at a key, or at the mapping as a whole.
    package func report(
        _ message: String,
        at key: String? = nil,
        severity: YAMLIssue.Severity = .error
    ) {
        let place = key.flatMap { entries[$0]?.keyMark } ?? mark
        context.report(message, at: place, severity: severity)
    }

    func reportUnknownKeys() {
        for entry in order where !knownKeys.contains(entry.key) {
            guard !context.dropsErrors else { return }
            let hint = Suggestion.hint(for: entry.key, among: knownKeys)
            context.report("unknown key \(quoted(entry.key))\(hint)", at: entry.keyMark)
        }
    }

    private func node(for key: String) -> YAMLNode? {
        if !knownKeys.contains(key) { knownKeys.append(key) }
        guard let node = entries[key]?.value, !node.isNull else { return nil }
        return node
    }
}
