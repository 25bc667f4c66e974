import GoText

/// Options for serializing a document.
package struct JSONOutput: Hashable, Sendable {
    package enum MemberOrder: Hashable, Sendable {
        /// The order of the value.
        case insertion
        /// Sorted by the UTF-8 bytes of the name, so that equal values give equal bytes.
        case sortedByName
    }

    package var memberOrder: MemberOrder

    package init(memberOrder: MemberOrder = .insertion) {
        self.memberOrder = memberOrder
    }

    package static let insertionOrder = JSONOutput()
    package static let sorted = JSONOutput(memberOrder: .sortedByName)
}

extension JSONValue {
    /// Compact UTF-8. Doubles have the fewest digits that read back as the same number. Infinities
    /// and NaN are errors, since JSON cannot represent them.
    package func serialized(_ output: JSONOutput = .insertionOrder) throws(JSONError) -> [UInt8] {
        var serializer = JSONSerializer(output: output)
        try serializer.write(self, at: .root, depth: 0)
        return serializer.bytes
    }
}

private struct JSONSerializer {
    /// No less than the depth of any document that `parse` accepts. Bounds the recursion.
    private static let maximumDepth = 512

    let output: JSONOutput
    var bytes: [UInt8] = []

    init(output: JSONOutput) {
        self.output = output
    }

    mutating func write(_ value: JSONValue, at path: JSONPath, depth: Int) throws(JSONError) {
        guard depth <= Self.maximumDepth else {
            throw path.error("nested more than \(Self.maximumDepth) levels deep")
        }
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .integer(let value): append(String(value))
        case .unsigned(let value): append(String(value))
        case .double(let value):
            guard value.isFinite else { throw path.error("\(value) cannot be written as JSON") }
            append(value.description)
        case .string(let value): write(value)
        case .array(let elements): try write(elements, at: path, depth: depth)
        case .object(let members): try write(members, at: path, depth: depth)
        }
    }

    private mutating func write(
        _ elements: [JSONValue],
        at path: JSONPath,
        depth: Int
    ) throws(JSONError) {
        append("[")
        for (index, element) in elements.enumerated() {
            if index > 0 { append(",") }
            try write(element, at: path.element(index), depth: depth + 1)
        }
        append("]")
    }

    private mutating func write(
        _ members: [JSONMember],
        at path: JSONPath,
        depth: Int
    ) throws(JSONError) {
        let ordered =
            switch output.memberOrder {
            case .insertion: members
            case .sortedByName:
                members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            }
        append("{")
        for (index, member) in ordered.enumerated() {
            if index > 0 { append(",") }
            write(member.name)
            append(":")
            try write(member.value, at: path.member(member.name), depth: depth + 1)
        }
        append("}")
    }

    /// Characters that are unsafe to show are written as escapes: clients such as curl print
    /// responses to a terminal as they are.
    private mutating func write(_ string: String) {
        append("\"")
        if string.utf8.allSatisfy({ $0 < 0x7F }) {
            write(string.utf8)
        } else {
            for scalar in string.unicodeScalars {
                if scalar.value >= 0x7F, scalar.isUnsafeToShow {
                    append(scalar.unicodeEscape)
                } else {
                    write(scalar.utf8)
                }
            }
        }
        append("\"")
    }

    private mutating func write(_ text: some Sequence<UInt8>) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case UInt8(ascii: "\n"): append("\\n")
            case UInt8(ascii: "\r"): append("\\r")
            case UInt8(ascii: "\t"): append("\\t")
            case 0..<0x10: append("\\u000" + String(byte, radix: 16))
            case 0x10..<0x20: append("\\u00" + String(byte, radix: 16))
            default: bytes.append(byte)
            }
        }
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }
}
