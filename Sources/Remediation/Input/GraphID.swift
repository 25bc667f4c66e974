/// The id that GES gave a graph. Names are not unique over time: a graph that is deleted and
/// created again under its old name has a new id, and begins here with no attempts and no
/// cool-down.
package struct GraphID: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package init(_ rawValue: String) {
        self.rawValue = rawValue
    }
}

extension GraphID: Comparable {
    package static func < (lhs: GraphID, rhs: GraphID) -> Bool {
        lhs.rawValue < rhs.rawValue
    }
}

extension GraphID: CustomStringConvertible {
    package var description: String { rawValue }
}

extension GraphID: Codable {
    package init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
