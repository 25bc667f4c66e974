import RE2
import URI

/// One call of a function with evaluated arguments. The evaluator has checked their number and
/// their types.
struct TemplateCall {
    let function: TemplateFunction
    let values: [TemplateValue]
    /// The first argument as written.
    let firstOperand: String
    let data: TemplateData

    func result() throws(TemplateError) -> TemplateValue {
        let result = try unboundedResult()
        // What can be far longer than the arguments is bounded while it is made.
        if case .string(let text) = result, text.utf8.count > BoundedText.maximumBytes {
            throw BoundedText.excess
        }
        return result
    }

    private func unboundedResult() throws(TemplateError) -> TemplateValue {
        switch function {
        case .and, .or: values.last ?? .nothing
        case .not: .bool(!values[0].isTrue)
        case .eq, .ne, .lt, .le, .gt, .ge: .bool(try comparison())
        case .match: .bool(try pattern(0).matches(try string(1)))
        case .len: .integer(Int64(try length()))
        case .index: try index()
        case .slice: try slice()
        case .print: .string(try GoFormat.print(values))
        case .println: .string(try GoFormat.println(values))
        case .printf: .string(try GoFormat.printf(try string(0), Array(values.dropFirst())))
        case .html: .string(TextEscape.html(try printed()))
        case .js: .string(TextEscape.javaScript(try printed()))
        case .urlquery: .string(FormEncoding.encode(try printed()))
        case .humanize, .humanize1024, .humanizeDuration, .humanizePercentage,
            .humanizeTimestamp, .toTime, .toDuration, .now, .parseDuration:
            try number()
        case .call: throw nonFunction
        case .query, .first, .label, .value, .strvalue, .sortByLabel, .args: try sample()
        default: .string(try text())
        }
    }

    /// The arguments as the functions that escape print them.
    private func printed() throws(TemplateError) -> String {
        if values == [.nothing] { return TemplateValue.nothing.text }
        return try GoFormat.print(values)
    }

    // MARK: Arguments

    func string(_ index: Int) throws(TemplateError) -> String {
        guard case .string(let text) = values[index] else {
            throw TemplateError("not a string: \(values[index].typeName)")
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

    /// Go's functions dereference the pointer to a sample without a check.
    private func sample(at index: Int) throws(TemplateError) -> TemplateSample {
        guard case .sample(let sample) = values[index] else {
            throw TemplateError(
                "runtime error: invalid memory address or nil pointer dereference"
            )
        }
        return sample
    }

    private func samples(at index: Int) -> [TemplateValue] {
        if case .list(let samples) = values[index] { samples } else { [] }
    }

    private var nonFunction: TemplateError {
        if case .nothing = values[0] { return TemplateError("call of nil") }
        return TemplateError("non-function \(firstOperand) of type \(values[0].typeName)")
    }

    // MARK: Query results

    /// The values of nested calls of `args`. Each may hold the one before several times, which
    /// takes little memory but would take for ever to print.
    private static let maximumNestedArguments = 1_000

    private func sample() throws(TemplateError) -> TemplateValue {
        switch function {
        case .query: return .list(try data.query(try string(0)).map(TemplateValue.sample))
        case .first:
            guard let first = samples(at: 0).first else {
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
            return .list(samples(at: 1).sorted { key($0) < key($1) })
        default:
            var allowance = Self.maximumNestedArguments
            guard values.allSatisfy({ $0.fits(&allowance) }) else {
                throw TemplateError("more than \(Self.maximumNestedArguments) nested arguments")
            }
            let pairs = values.enumerated().map { ("arg\($0.offset)", $0.element) }
            return .map(Dictionary(uniqueKeysWithValues: pairs))
        }
    }

    // MARK: Collections

    private func length() throws(TemplateError) -> Int {
        switch values[0] {
        case .string(let text): return text.utf8.count
        case .list(let values): return values.count
        case .labels(let map): return map.count
        case .map(let map): return map.count
        case .nothing:
            throw TemplateError("reflect: call of reflect.Value.Type on zero Value")
        default: throw TemplateError("len of type \(values[0].typeName)")
        }
    }

    private func index() throws(TemplateError) -> TemplateValue {
        if case .nothing = values[0] { throw TemplateError("index of untyped nil") }
        var item = values[0]
        for key in values.dropFirst() {
            switch item {
            case .labels, .map:
                guard case .string(let name) = key else {
                    throw TemplateError("value has type \(key.typeName); should be string")
                }
                if case .labels(let map) = item { item = .string(map[name] ?? "") }
                if case .map(let map) = item { item = map[name] ?? .nothing }
            case .list(let list): item = list[try position(key, below: list.count)]
            case .string(let text):
                let byte = Array(text.utf8)[try position(key, below: text.utf8.count)]
                item = .integer(Int64(byte))
            default: throw TemplateError("can't index item of type \(item.typeName)")
            }
        }
        return item
    }

    private func position(
        _ value: TemplateValue,
        below limit: Int
    ) throws(TemplateError) -> Int {
        guard case .integer(let position) = value else {
            if case .nothing = value { throw TemplateError("cannot index slice/array with nil") }
            throw TemplateError("cannot index slice/array with type \(value.typeName)")
        }
        guard let index = Int(exactly: position), 0..<limit ~= index else {
            throw TemplateError("index out of range: \(position)")
        }
        return index
    }

    private func slice() throws(TemplateError) -> TemplateValue {
        let length: Int
        switch values[0] {
        case .nothing: throw TemplateError("slice of untyped nil")
        case .string where values.count > 3: throw TemplateError("cannot 3-index slice a string")
        case .string, .list: length = try self.length()
        default: throw TemplateError("can't slice item of type \(values[0].typeName)")
        }
        guard values.count <= 4 else {
            throw TemplateError("too many slice indexes: \(values.count - 1)")
        }
        var bounds: [Int] = []
        for value in values.dropFirst() {
            bounds.append(try position(value, below: length + 1))
        }
        for (low, high) in zip(bounds, bounds.dropFirst()) where low > high {
            throw TemplateError("invalid slice index: \(low) > \(high)")
        }
        let range = (bounds.first ?? 0)..<(bounds.count > 1 ? bounds[1] : length)
        if case .list(let list) = values[0] { return .list(Array(list[range])) }
        return .string(String(decoding: Array(try string(0).utf8)[range], as: UTF8.self))
    }

    // MARK: Comparisons

    private func comparison() throws(TemplateError) -> Bool {
        switch function {
        case .eq:
            guard values.count > 1 else {
                throw TemplateError("missing argument for comparison")
            }
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
            return left == right
        case (.number(let left), .number(let right)): return left == right
        case (.labels, .labels), (.map, .map), (.list, .list):
            throw TemplateError("non-comparable type \(left.text): \(left.typeName)")
        default: throw incompatible(left, right)
        }
    }

    private func less(_ left: TemplateValue, _ right: TemplateValue) throws(TemplateError) -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)):
            return left.utf8.lexicographicallyPrecedes(right.utf8)
        case (.integer(let left), .integer(let right)): return left < right
        case (.number(let left), .number(let right)): return left < right
        default:
            guard left.isOrdered, right.isOrdered else {
                throw TemplateError("invalid type for comparison")
            }
            throw incompatible(left, right)
        }
    }

    private func incompatible(_ left: TemplateValue, _ right: TemplateValue) -> TemplateError {
        TemplateError(
            "incompatible types for comparison: \(left.typeName) and \(right.typeName)"
        )
    }
}

extension TemplateValue {
    /// Whether the value and those within it are no more than allowed; subtracts their number.
    fileprivate func fits(_ allowance: inout Int) -> Bool {
        allowance -= 1
        guard allowance >= 0 else { return false }
        guard case .map(let map) = self else { return true }
        for value in map.values where !value.fits(&allowance) { return false }
        return true
    }

    fileprivate var isOrdered: Bool {
        switch self {
        case .string, .integer, .number: true
        default: false
        }
    }
}
