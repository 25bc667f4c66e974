import JSON

/// Why a control request failed.
struct ControlError: Error, Hashable, Sendable {
    let status: Int
    let message: String

    init(_ message: String, status: Int = 400) {
        self.message = message
        self.status = status
    }
}

/// The JSON object of a control request. An unknown member is an error, so that a misspelt one is
/// not silently ignored.
struct ControlBody {
    private let members: [JSONMember]
    private var asked: Set<String> = []
    /// `match.` for the members of a nested object.
    private let place: String

    init(_ bytes: [UInt8]) throws(ControlError) {
        guard !bytes.isEmpty else {
            self.init([], at: "")
            return
        }
        let document: JSONValue
        do {
            document = try JSONValue.parse(bytes, limits: JSONLimits(maximumBytes: 1 << 20))
        } catch {
            throw ControlError("the body is not JSON: \(error)")
        }
        guard let members = document.objectValue else {
            throw ControlError("the body must be a JSON object, not \(document.kind)")
        }
        self.init(members, at: "")
    }

    init(_ members: [JSONMember]) {
        self.init(members, at: "")
    }

    private init(_ members: [JSONMember], at place: String) {
        self.members = members
        self.place = place
    }

    mutating func value(_ name: String) -> JSONValue? {
        asked.insert(name)
        return members.first { $0.name == name && !$0.value.isNull }?.value
    }

    /// Call after all known members have been read.
    func finish() throws(ControlError) {
        if let unknown = members.first(where: { !asked.contains($0.name) }) {
            throw ControlError("unknown member \"\(place)\(unknown.name)\"")
        }
    }

    private func wrong(_ name: String, _ expected: String) -> ControlError {
        ControlError("\"\(place)\(name)\" must be \(expected)")
    }

    mutating func string(_ name: String) throws(ControlError) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.stringValue else { throw wrong(name, "a string") }
        return text
    }

    mutating func required(_ name: String) throws(ControlError) -> String {
        guard let text = try string(name) else { throw wrong(name, "given, a string") }
        return text
    }

    mutating func bool(_ name: String) throws(ControlError) -> Bool? {
        guard let value = value(name) else { return nil }
        guard let flag = value.boolValue else { throw wrong(name, "true or false") }
        return flag
    }

    mutating func integer(
        _ name: String,
        in range: ClosedRange<Int64>
    ) throws(ControlError) -> Int? {
        guard let value = value(name) else { return nil }
        guard let number = value.integerValue, range.contains(number) else {
            throw wrong(name, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return Int(number)
    }

    mutating func number(
        _ name: String,
        in range: ClosedRange<Double>
    ) throws(ControlError) -> Double? {
        guard let value = value(name) else { return nil }
        guard let number = value.doubleValue, range.contains(number) else {
            throw wrong(name, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// Up to 30 days, in seconds with fractions.
    mutating func seconds(_ name: String) throws(ControlError) -> Duration? {
        try number(name, in: 0...2_592_000).map { .milliseconds(Int64($0 * 1000)) }
    }

    mutating func milliseconds(_ name: String) throws(ControlError) -> Duration? {
        try integer(name, in: 0...86_400_000).map { .milliseconds($0) }
    }

    /// One of an enumeration's raw values.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String,
        _ type: Choice.Type
    ) throws(ControlError) -> Choice? where Choice.RawValue == String {
        guard let text = try string(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            throw wrong(name, "one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return choice
    }

    mutating func object(_ name: String) throws(ControlError) -> ControlBody? {
        guard let value = value(name) else { return nil }
        guard let members = value.objectValue else { throw wrong(name, "an object") }
        return ControlBody(members, at: "\(place)\(name).")
    }

    /// A list of strings; empty if it is absent.
    mutating func words(_ name: String) throws(ControlError) -> [String] {
        guard let value = value(name) else { return [] }
        guard let items = value.arrayValue else { throw wrong(name, "a list of strings") }
        var words: [String] = []
        for item in items {
            guard let word = item.stringValue else { throw wrong(name, "a list of strings") }
            words.append(word)
        }
        return words
    }

    /// Operations of the data plane, by name or by their probe's: `version` for `show_version`.
    mutating func operations(_ name: String) throws(ControlError) -> [Operation] {
        var operations: [Operation] = []
        for word in try words(name) {
            let known = [word, "show_\(word)", "list_\(word)", "execute_\(word)"]
            guard let operation = known.compactMap({ Operation(rawValue: $0) }).first else {
                throw wrong(name, "a list of operations such as version, summary and tasks")
            }
            operations.append(operation)
        }
        return operations
    }

    /// A flat object of strings.
    mutating func strings(
        _ name: String
    ) throws(ControlError) -> [(key: String, value: String)] {
        guard let value = value(name) else { return [] }
        guard let members = value.objectValue else { throw wrong(name, "an object") }
        var pairs: [(key: String, value: String)] = []
        for member in members {
            guard let text = member.value.stringValue else {
                throw wrong("\(name).\(member.name)", "a string")
            }
            pairs.append((member.name, text))
        }
        return pairs
    }
}
