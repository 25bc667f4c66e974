import GoText
import Series
import Time

/// The canonical form: one space around operators, sorted labels, normalized durations and numbers.
/// Parsing it yields an equal expression (Prometheus promql/parser/printer.go).
extension Expression: CustomStringConvertible {
    package var description: String {
        switch self {
        case .number(let number): number.description
        case .string(let string): string.description
        case .vectorSelector(let selector): selector.description
        case .matrixSelector(let selector): selector.description
        case .subquery(let subquery): subquery.description
        case .parentheses(let parentheses): "(\(parentheses.expression))"
        case .unary(let unary): (unary.isNegation ? "-" : "+") + unary.operand.description
        case .binary(let binary): binary.description
        case .aggregation(let aggregation): aggregation.description
        case .call(let call):
            call.function.rawValue + "("
                + call.arguments.map(\.description).joined(separator: ", ") + ")"
        }
    }
}

extension StringLiteral: CustomStringConvertible {
    package var description: String {
        guard !isWellFormed else { return value.goQuoted }
        // U+FFFD stands for bytes that were not UTF-8. Print them as an escape, so that parsing
        // makes the string ill-formed again.
        let parts = value.unicodeScalars.split(
            separator: "\u{FFFD}",
            omittingEmptySubsequences: false
        )
        return "\"" + parts.map { String($0).goEscaped }.joined(separator: "\\xff") + "\""
    }
}

extension NumberLiteral: CustomStringConvertible {
    package var description: String {
        guard isDuration else { return GoFloat.format(value, .fixed) }
        let text = PrometheusDuration.format(
            .milliseconds(TimeSpan.milliseconds(ofSeconds: value))
        )
        // The sign of zero is significant: `-0s` differs from `0s` as `-0` differs from `0`.
        return value == 0 && value.sign == .minus ? "-" + text : text
    }
}

extension Aggregation: CustomStringConvertible {
    package var description: String {
        prefix + "(" + arguments.map(\.description).joined(separator: ", ") + ")"
    }

    /// The operator and the grouping, before the arguments.
    var prefix: String {
        if isWithout { return operation.rawValue + " without (\(labelList(grouping))) " }
        guard !grouping.isEmpty else { return operation.rawValue }
        return operation.rawValue + " by (\(labelList(grouping))) "
    }

    var arguments: [Expression] { (parameter.map { [$0] } ?? []) + [expression] }
}

extension BinaryExpression: CustomStringConvertible {
    package var description: String {
        steps.reduce(into: firstText) { $0 += " \($1.operatorText) \($1.operand)" }
    }

    /// Infinity as the base of a power is printed without a sign: `+Inf ^ 2` would parse as `+(Inf
    /// ^ 2)`.
    var firstText: String {
        guard steps[0].operation == .power, case .number(let number) = first,
            number.value == .infinity, !number.isDuration
        else { return first.description }
        return "Inf"
    }
}

extension BinaryExpression.Step {
    /// The operator with its modifiers.
    var operatorText: String {
        operation.rawValue + (returnsBool ? " bool" : "") + (matching?.suffix ?? "")
    }
}

extension VectorMatching {
    fileprivate var suffix: String {
        let isGrouped = cardinality == .manyToOne || cardinality == .oneToMany
        var text = ""
        if !labels.isEmpty || isOn || isGrouped {
            text += " \(isOn ? "on" : "ignoring") (\(labelList(labels)))"
        }
        if isGrouped {
            let side = cardinality == .manyToOne ? "left" : "right"
            text += " group_\(side) (\(labelList(included)))"
        }
        switch (fillLeft, fillRight) {
        case (nil, nil): break
        case (let left?, let right?) where left.bitPattern == right.bitPattern:
            text += " fill (\(GoFloat.format(left)))"
        case (let left, let right):
            if let left { text += " fill_left (\(GoFloat.format(left)))" }
            if let right { text += " fill_right (\(GoFloat.format(right)))" }
        }
        return text
    }
}

private func labelList(_ names: [String]) -> String {
    names.map { Labels.isLegacyLabelName($0) ? $0 : $0.goQuoted }.joined(separator: ", ")
}

extension VectorSelector: CustomStringConvertible {
    package var description: String {
        bareDescription + modifiers.atText + extensionText + modifiers.offsetText
    }

    /// Without time modifiers, which follow the range in a matrix selector.
    fileprivate var bareDescription: String {
        let conditions = matchers.filter { !isName($0) }
        return conditions.isEmpty && !name.isEmpty
            ? name : name + "{" + conditions.map(\.description).joined(separator: ",") + "}"
    }

    /// Whether the matcher is implied by the name before the braces.
    private func isName(_ matcher: LabelMatcher) -> Bool {
        guard !name.isEmpty, matcher.name == Labels.metricNameLabel,
            case .equal(let value) = matcher.condition
        else { return false }
        return value.hasSameBytes(as: name)
    }

    fileprivate var extensionText: String {
        rangeExtension.map { " " + $0.rawValue } ?? ""
    }
}

extension MatrixSelector: CustomStringConvertible {
    package var description: String {
        "\(vector.bareDescription)[\(range)]\(vector.extensionText)"
            + vector.modifiers.atText + vector.modifiers.offsetText
    }
}

extension Subquery: CustomStringConvertible {
    package var description: String {
        expression.description + suffix
    }

    /// The range, the step and the time modifiers.
    var suffix: String {
        "[\(range):\(step?.description ?? "")]" + modifiers.atText + modifiers.offsetText
    }
}

extension TimeModifiers {
    fileprivate var atText: String {
        switch at {
        case nil: ""
        case .start: " @ start()"
        case .end: " @ end()"
        case .timestamp(let time): " @ " + Self.seconds(time.milliseconds)
        }
    }

    fileprivate var offsetText: String {
        hasOffset ? " offset \(offset)" : ""
    }

    /// Always with three decimals, as Prometheus prints timestamps.
    private static func seconds(_ milliseconds: Int64) -> String {
        let (seconds, rest) = milliseconds.magnitude.quotientAndRemainder(dividingBy: 1000)
        let fraction = String(rest)
        return (milliseconds < 0 ? "-" : "") + "\(seconds)."
            + String(repeating: "0", count: 3 - fraction.utf8.count) + fraction
    }
}

extension TimeSpan: CustomStringConvertible {
    package var description: String {
        switch self {
        case .fixed(let milliseconds): PrometheusDuration.format(.milliseconds(milliseconds))
        case .computed(let expression): expression.description
        }
    }

    /// Rounds to nanoseconds, then truncates to milliseconds, as Prometheus does. But a duration of
    /// whole milliseconds stays what it is where a nanosecond is too small for the type.
    static func milliseconds(ofSeconds seconds: Double) -> Int64 {
        let nearest = (seconds * 1000).rounded()
        if nearest / 1000 == seconds { return Int64(nearest) }
        return Int64(
            ((seconds * 1e9).rounded(.toNearestOrAwayFromZero) / 1e6).rounded(.towardZero)
        )
    }
}

extension DurationExpression: CustomStringConvertible {
    package var description: String {
        switch self {
        case .literal(let number): number.description
        case .step: "step()"
        case .range: "range()"
        case .negation(let operand): "-\(operand)"
        case .minimum(let left, let right): "min_of(\(left), \(right))"
        case .maximum(let left, let right): "max_of(\(left), \(right))"
        case .binary(let operation, let left, let right):
            "\(left) \(operation.rawValue) \(right)"
        case .parentheses(let inner): "(\(inner))"
        }
    }
}
