/// A declared type: how to convert a node to a value, and a placeholder for a value that is
/// invalid.
///
/// Reading does not stop at the first error. An invalid value is reported and replaced by the
/// placeholder, so that one run finds every error. `YAMLReading.value` is nil then, so no
/// placeholder reaches a caller.
package struct YAMLType<Value> {
    /// Completes "expected ...": `a list`, `a duration such as 30s or 1h30m`.
    let name: String
    /// Returns nil after reporting why.
    let read: (YAMLNode, YAMLContext) -> Value?
    let placeholder: () -> Value

    init(
        name: String,
        placeholder: @escaping @autoclosure () -> Value,
        read: @escaping (YAMLNode, YAMLContext) -> Value?
    ) {
        self.name = name
        self.placeholder = placeholder
        self.read = read
    }
}

/// Why a value is invalid, as a message to the author of the file.
package struct YAMLProblem: Error {
    let message: String

    package init(_ message: String) {
        self.message = message
    }
}

/// A value with its position in the file, for checks that run after reading.
package struct YAMLLocated<Value> {
    package let value: Value
    package let mark: YAMLMark

    package init(value: Value, mark: YAMLMark) {
        self.value = value
        self.mark = mark
    }
}

extension YAMLLocated: Sendable where Value: Sendable {}
extension YAMLLocated: Equatable where Value: Equatable {}
extension YAMLLocated: Hashable where Value: Hashable {}

/// An entry of a mapping with arbitrary keys.
package struct YAMLKeyed<Value> {
    package let key: String
    package let keyMark: YAMLMark
    package let value: Value
    package let valueMark: YAMLMark
}

extension YAMLKeyed: Sendable where Value: Sendable {}

// MARK: - Structure

extension YAMLType {
    /// A mapping with known keys. `read` must ask its reader for each of them; every other key in
    /// the file is reported as unknown.
    package static func mapping(
        _ read: @escaping (YAMLMappingReader) -> Value
    ) -> YAMLType {
        YAMLType(name: "a mapping", placeholder: read(.empty)) { node, context in
            guard case .mapping(let entries) = node.content else {
                context.report("expected a mapping, found \(node.kindOfStructure)", at: node.mark)
                return nil
            }
            let reader = YAMLMappingReader(entries, at: node.mark, context)
            let value = read(reader)
            reader.reportUnknownKeys()
            return value
        }
    }

    /// A list. Invalid items are reported and left out.
    package static func list<Item>(
        of item: YAMLType<Item>,
        count: ClosedRange<Int> = 0...100_000
    ) -> YAMLType where Value == [Item] {
        YAMLType(name: "a list", placeholder: []) { node, context in
            guard case .sequence(let nodes) = node.content else {
                context.report("expected a list, found \(node.kindOfStructure)", at: node.mark)
                return nil
            }
            if !count.contains(nodes.count) {
                context.report(
                    "expected \(countText(count)), found \(nodes.count)",
                    at: node.mark
                )
            }
            return nodes.enumerated().compactMap { index, node in
                guard context.dialect == .strict || !node.isNull else { return nil }
                return item.read(node, context.appending(index: index))
            }
        }
    }

    /// A mapping with arbitrary keys, in the order of the file.
    package static func dictionary<Item>(
        of item: YAMLType<Item>
    ) -> YAMLType where Value == [YAMLKeyed<Item>] {
        YAMLType(name: "a mapping", placeholder: []) { node, context in
            guard case .mapping(let entries) = node.content else {
                context.report("expected a mapping, found \(node.kindOfStructure)", at: node.mark)
                return nil
            }
            return entries.compactMap { entry in
                item.read(entry.value, context.appending(key: entry.key)).map {
                    YAMLKeyed(
                        key: entry.key,
                        keyMark: entry.keyMark,
                        value: $0,
                        valueMark: entry.value.mark
                    )
                }
            }
        }
    }

    /// The value of another type with its position.
    package static func located<Wrapped>(
        _ type: YAMLType<Wrapped>
    ) -> YAMLType where Value == YAMLLocated<Wrapped> {
        YAMLType(
            name: type.name,
            placeholder: YAMLLocated(value: type.placeholder(), mark: .start)
        ) { node, context in
            type.read(node, context).map { YAMLLocated(value: $0, mark: node.mark) }
        }
    }

    private static func countText(_ count: ClosedRange<Int>) -> String {
        switch (count.lowerBound, count.upperBound) {
        case (let low, let high) where low == high: "\(low) items"
        case (let low, 100_000): "at least \(low) item\(low == 1 ? "" : "s")"
        case (let low, let high): "\(low) to \(high) items"
        }
    }
}

// MARK: - Refinement

extension YAMLType {
    /// Converts the value. An error of `convert` is reported at the position of the value.
    package func converted<Result>(
        placeholder: @escaping @autoclosure () -> Result,
        _ convert: @escaping (Value) throws(YAMLProblem) -> Result
    ) -> YAMLType<Result> {
        YAMLType<Result>(name: name, placeholder: placeholder()) { node, context in
            guard let value = read(node, context) else { return nil }
            do throws(YAMLProblem) {
                return try convert(value)
            } catch {
                context.report(error.message, at: node.mark)
                return nil
            }
        }
    }

    /// Adds a condition. `problem` returns a message for an invalid value, nil for a valid one.
    package func checked(_ problem: @escaping (Value) -> String?) -> YAMLType {
        converted(placeholder: placeholder()) { value throws(YAMLProblem) in
            if let problem = problem(value) { throw YAMLProblem(problem) }
            return value
        }
    }

    /// Adds a condition that may result in a warning instead of an error.
    package func noted(
        _ remark: @escaping (Value) -> (YAMLIssue.Severity, String)?
    ) -> YAMLType {
        YAMLType(name: name, placeholder: placeholder()) { node, context in
            guard let value = read(node, context) else { return nil }
            guard let (severity, message) = remark(value) else { return value }
            context.report(message, at: node.mark, severity: severity)
            return severity == .error ? nil : value
        }
    }
}
