import Time

extension YAMLType {
    /// A value written as a scalar. `convert` throws why a text is invalid.
    package static func scalar(
        _ name: String,
        placeholder: @escaping @autoclosure () -> Value,
        _ convert: @escaping (String) throws(YAMLProblem) -> Value
    ) -> YAMLType {
        let text = YAMLType<String>(name: name, placeholder: "") { node, context in
            guard case .scalar(let text, _) = node.content, !node.isNull else {
                context.report("expected \(name), found \(node.kind)", at: node.mark)
                return nil
            }
            // A suggestion for each of many wrong values would take long.
            return context.issues?.hasAllErrors == true ? nil : text
        }
        return text.converted(placeholder: placeholder(), convert)
    }
}

extension YAMLType where Value == String {
    /// Text as written. `no`, `0123` and `1:30` are text too.
    package static var string: YAMLType {
        scalar("text", placeholder: "") { text throws(YAMLProblem) in text }
    }

    /// Text. A missing value reads as the empty text.
    package static var stringOrNothing: YAMLType {
        YAMLType(name: string.name, placeholder: "") { node, context in
            node.isNull ? "" : string.read(node, context)
        }
    }

    package static var nonEmptyString: YAMLType {
        string.checked { $0.isEmpty ? "must not be empty" : nil }
    }
}

extension YAMLType where Value == Bool {
    package static var bool: YAMLType {
        scalar("true or false", placeholder: false) { text throws(YAMLProblem) in
            switch text {
            case "true": true
            case "false": false
            default: throw YAMLProblem("expected true or false, found \(quoted(text))")
            }
        }
    }
}

extension YAMLType where Value == Int {
    /// A whole number in decimal digits.
    package static func int(in range: ClosedRange<Int> = .min ... .max) -> YAMLType {
        scalar("a whole number", placeholder: range.lowerBound) { text throws(YAMLProblem) in
            guard let value = Int(text), !text.hasPrefix("+") else {
                throw YAMLProblem("expected a whole number, found \(quoted(text))")
            }
            guard range.contains(value) else {
                throw YAMLProblem(
                    range.upperBound == .max
                        ? "must be at least \(range.lowerBound), found \(value)"
                        : "must be \(range.lowerBound) to \(range.upperBound), found \(value)"
                )
            }
            return value
        }
    }

    package static var int: YAMLType { int() }
}

extension YAMLType where Value == Double {
    /// A finite decimal number.
    package static func double(
        in range: ClosedRange<Double> = -.greatestFiniteMagnitude ... .greatestFiniteMagnitude
    ) -> YAMLType {
        scalar("a number", placeholder: range.lowerBound) { text throws(YAMLProblem) in
            let isDecimal = text.utf8.allSatisfy { "0123456789.eE+-".utf8.contains($0) }
            guard isDecimal, let value = Double(text), value.isFinite else {
                throw YAMLProblem("expected a number, found \(quoted(text))")
            }
            guard range.contains(value) else {
                throw YAMLProblem(
                    "must be \(range.lowerBound) to \(range.upperBound), found \(text)"
                )
            }
            return value
        }
    }

    package static var double: YAMLType { double() }
}

extension YAMLType where Value == Duration {
    /// A duration in Prometheus' notation: `15s`, `1h30m`, `100ms`, `1d`, or `0`.
    package static func duration(
        in range: ClosedRange<Duration> = .zero...PrometheusDuration.maximum
    ) -> YAMLType {
        scalar("a duration such as 30s or 1h30m", placeholder: range.lowerBound) {
            text throws(YAMLProblem) in
            let value: Duration
            do throws(PrometheusDuration.ParseError) {
                value = try PrometheusDuration.parse(text)
            } catch {
                throw YAMLProblem(error.description)
            }
            guard range.contains(value) else {
                let low = PrometheusDuration.format(range.lowerBound)
                let high = PrometheusDuration.format(range.upperBound)
                throw YAMLProblem(
                    range.upperBound == PrometheusDuration.maximum
                        ? "must be at least \(low), found \(text)"
                        : "must be \(low) to \(high), found \(text)"
                )
            }
            return value
        }
    }

    package static var duration: YAMLType { duration() }
}

extension YAMLType
where Value: CaseIterable & RawRepresentable & Sendable, Value.RawValue == String {
    /// One of the raw values of an enumeration, which must have at least one case.
    package static func oneOf(_ type: Value.Type) -> YAMLType {
        guard let first = type.allCases.first else {
            preconditionFailure("\(type) has no case, so no text can stand for one")
        }
        let names = type.allCases.map(\.rawValue)
        return scalar("one of \(names.joined(separator: ", "))", placeholder: first) {
            text throws(YAMLProblem) in
            if let value = Value(rawValue: text) { return value }
            throw YAMLProblem(
                "unknown value \(quoted(text))\(Suggestion.hint(for: text, among: names)); "
                    + "expected one of \(names.joined(separator: ", "))"
            )
        }
    }
}
