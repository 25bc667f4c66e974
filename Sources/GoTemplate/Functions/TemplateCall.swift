import RE2
import URI

/// One call of a function with evaluated arguments.
///
/// The number of arguments is within the arity of the function: the evaluator has checked it.
struct TemplateCall {
    let function: TemplateFunction
    let values: [TemplateValue]
    let data: TemplateData

    func result() throws(TemplateError) -> TemplateValue {
        switch function {
        case .and, .or: values.last ?? .nothing
        case .not: .bool(!values[0].isTrue)
        case .eq, .ne, .lt, .le, .gt, .ge: .bool(try comparison())
        case .match: .bool(try pattern(0).matches(try string(1)))
        case .len: .integer(Int64(try length()))
        case .index: try index()
        case .slice: try slice()
        case .print: .string(GoFormat.print(values))
        case .println: .string(values.map(\.text).joined(separator: " ") + "\n")
        case .printf: .string(GoFormat.printf(try string(0), Array(values.dropFirst())))
        case .html: .string(TextEscape.html(GoFormat.print(values)))
        case .js: .string(TextEscape.javaScript(GoFormat.print(values)))
        case .urlquery: .string(FormEncoding.encode(GoFormat.print(values)))
        case .humanize, .humanize1024, .humanizeDuration, .humanizePercentage,
            .humanizeTimestamp, .toTime, .toDuration, .now, .parseDuration:
            try number()
        case .query, .first, .label, .value, .strvalue, .sortByLabel, .args: try sample()
        default: .string(try text())
        }
    }

    // MARK: Arguments

    func string(_ index: Int) throws(TemplateError) -> String {
        guard case .string(let text) = values[index] else {
            throw TemplateError(
                "wrong type for value; expected string; got \(values[index].typeName)"
            )
        }
        return text
    }

    /// An argument as a number. Like Prometheus' functions it accepts strings that hold one,
    /// because labels are strings.
    func double(_ index: Int) throws(TemplateError) -> Double {
        switch values[index] {
        case .number(let value): return value
        case .integer(let value): return Double(value)
        case .duration(let nanoseconds): return Double(nanoseconds) / 1e9
        case .string(let text):
            guard let value = Double(text) else {
                throw TemplateError("strconv.ParseFloat: parsing \"\(text)\": invalid syntax")
            }
            return value
        default: throw TemplateError("can't convert \(values[index].typeName) to float")
        }
    }

    private func sample(at index: Int) throws(TemplateError) -> TemplateSample {
        guard case .sample(let sample) = values[index] else {
            throw TemplateError(
                "wrong type for value; expected *template.sample; got \(values[index].typeName)"
            )
        }
        return sample
    }

    private func samples(at index: Int) throws(TemplateError) -> [TemplateValue] {
        guard case .list(let samples) = values[index] else {
            throw TemplateError(
                "wrong type for value; expected template.queryResult; got \(values[index].typeName)"
            )
        }
        return samples
    }

    // MARK: Query results

    private func sample() throws(TemplateError) -> TemplateValue {
        switch function {
        case .query: return .list(try data.query(try string(0)).map(TemplateValue.sample))
        case .first:
            guard let first = try samples(at: 0).first else {
                throw TemplateError("first() called on vector with no elements")
            }
            return first
        case .label: return .string(try sample(at: 1).labels[try string(0)] ?? "")
        case .value: return .number(try sample(at: 0).value)
        case .strvalue: return .string(try sample(at: 0).labels["__value__"] ?? "")
        case .sortByLabel:
            let name = try string(0)
            func key(_ value: TemplateValue) -> String {
                if case .sample(let sample) = value { sample.labels[name] ?? "" } else { "" }
            }
            return .list(try samples(at: 1).sorted { key($0) < key($1) })
        default:
            let pairs = values.enumerated().map { ("arg\($0.offset)", $0.element) }
            return .map(Dictionary(uniqueKeysWithValues: pairs))
        }
    }

    // MARK: Collections

    private func length() throws(TemplateError) -> Int {
        switch values[0] {
        case .string(let text): text.utf8.count
        case .list(let values): values.count
        case .labels(let map): map.count
        case .map(let map): map.count
        default: throw TemplateError("len of type \(values[0].typeName)")
        }
    }

    private func index() throws(TemplateError) -> TemplateValue {
        var item = values[0]
        for key in values.dropFirst() {
            switch (item, key) {
            case (.labels(let map), .string(let name)): item = .string(map[name] ?? "")
            case (.map(let map), .string(let name)): item = map[name] ?? .nothing
            case (.list(let list), .integer(let position)):
                guard let index = Int(exactly: position), list.indices.contains(index) else {
                    throw TemplateError("index out of range: \(position)")
                }
                item = list[index]
            default:
                throw TemplateError(
                    "can't index item of type \(item.typeName) by \(key.typeName)"
                )
            }
        }
        return item
    }

    private func slice() throws(TemplateError) -> TemplateValue {
        let length = try length()
        var bounds = [0, length]
        for (index, value) in values.dropFirst().enumerated() {
            guard case .integer(let position) = value, index < 2, 0...Int64(length) ~= position
            else { throw TemplateError("index out of range: \(value.text)") }
            bounds[index] = Int(position)
        }
        guard bounds[0] <= bounds[1] else {
            throw TemplateError("invalid slice index: \(bounds[0]) > \(bounds[1])")
        }
        switch values[0] {
        case .string(let text):
            let bytes = Array(text.utf8)[bounds[0]..<bounds[1]]
            return .string(String(decoding: bytes, as: UTF8.self))
        case .list(let list): return .list(Array(list[bounds[0]..<bounds[1]]))
        default: throw TemplateError("can't slice item of type \(values[0].typeName)")
        }
    }

    // MARK: Comparisons

    private func comparison() throws(TemplateError) -> Bool {
        switch function {
        case .eq:
            for other in values.dropFirst() where try equal(values[0], other) { return true }
            return false
        case .ne: return !(try equal(values[0], values[1]))
        case .lt: return try less(values[0], values[1])
        case .le: return try lessOrEqual()
        // Go defines these as negations of the opposite, which matters for NaN.
        case .gt: return !(try lessOrEqual())
        default: return !(try less(values[0], values[1]))
        }
    }

    private func lessOrEqual() throws(TemplateError) -> Bool {
        if try less(values[0], values[1]) { return true }
        return try equal(values[0], values[1])
    }

    private func equal(
        _ left: TemplateValue,
        _ right: TemplateValue
    ) throws(TemplateError) -> Bool {
        switch (left, right) {
        case (.string, .string), (.bool, .bool), (.integer, .integer), (.nothing, _), (_, .nothing):
            left == right
        case (.number(let left), .number(let right)): left == right
        default: throw TemplateError("incompatible types for comparison")
        }
    }

    private func less(_ left: TemplateValue, _ right: TemplateValue) throws(TemplateError) -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)):
            left.utf8.lexicographicallyPrecedes(right.utf8)
        case (.integer(let left), .integer(let right)): left < right
        case (.number(let left), .number(let right)): left < right
        case (.bool, .bool): throw TemplateError("invalid type for comparison")
        default: throw TemplateError("incompatible types for comparison")
        }
    }
}
