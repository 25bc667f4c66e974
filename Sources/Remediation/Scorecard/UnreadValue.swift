/// A value in a format that this version does not know. It is written back as it was read.
indirect enum UnreadValue: Hashable, Sendable, Codable {
    case null
    case bool(Bool)
    case integer(Int64)
    case double(Double)
    case string(String)
    case array([UnreadValue])
    case object([String: UnreadValue])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let integer = try? value.decode(Int64.self) {
            self = .integer(integer)
        } else if let double = try? value.decode(Double.self) {
            self = .double(double)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else if let array = try? value.decode([UnreadValue].self) {
            self = .array(array)
        } else {
            self = .object(try value.decode([String: UnreadValue].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .null: try value.encodeNil()
        case .bool(let bool): try value.encode(bool)
        case .integer(let integer): try value.encode(integer)
        case .double(let double): try value.encode(double)
        case .string(let string): try value.encode(string)
        case .array(let array): try value.encode(array)
        case .object(let object): try value.encode(object)
        }
    }

    /// About how many bytes it takes in a ledger, at most.
    var bytes: Int {
        switch self {
        case .null, .bool, .integer, .double: 24
        case .string(let string): 2 * string.utf8.count + 2
        case .array(let array): array.reduce(2) { $0 + $1.bytes + 1 }
        case .object(let object):
            object.reduce(2) { $0 + 2 * $1.key.utf8.count + $1.value.bytes + 4 }
        }
    }

    /// The text of a member; nil if it is none.
    subscript(member: String) -> String? {
        guard case .object(let object) = self, case .string(let text)? = object[member] else {
            return nil
        }
        return text
    }

    /// Itself, or of a large one the members that tell whom it is about.
    func limited(to bytes: Int, _ members: [String]) -> UnreadValue {
        guard self.bytes > bytes else { return self }
        let told = members.compactMap { member in
            self[member].map { (member, UnreadValue.string(String($0.prefix(200)))) }
        }
        return .object(Dictionary(told) { first, _ in first })
    }
}
