/// Everything that a machine needs to go on after a start of the agent.
package struct MachineSnapshot: Hashable, Sendable {
    /// Raised whenever an older agent could misread what a newer one has written. The older one
    /// then refuses to start: not knowing what is in progress, it could restart a graph twice.
    package static let schemaVersion = 2

    /// By graph id.
    package var records: [GraphRecord]
    /// Also those that ended not long ago.
    package var pauses: [Pause]
    /// Orders that were answered, by id.
    package var answered: [AnsweredOrder]

    package init(
        records: [GraphRecord] = [],
        pauses: [Pause] = [],
        answered: [AnsweredOrder] = []
    ) {
        self.records = records
        self.pauses = pauses
        self.answered = answered
    }
}

extension MachineSnapshot: Codable {
    private enum CodingKeys: String, CodingKey {
        case schemaVersion, records, pauses, answered
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let version = try container.decode(Int.self, forKey: .schemaVersion)
        guard version <= Self.schemaVersion else {
            throw DecodingError.dataCorruptedError(
                forKey: .schemaVersion,
                in: container,
                debugDescription: "written by a newer version (schema \(version), "
                    + "this one reads up to \(Self.schemaVersion)); run that version or a newer one"
            )
        }
        records = try container.decode([GraphRecord].self, forKey: .records)
        pauses = try container.decode([Pause].self, forKey: .pauses)
        answered = try container.decodeIfPresent([AnsweredOrder].self, forKey: .answered) ?? []
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Self.schemaVersion, forKey: .schemaVersion)
        try container.encode(records, forKey: .records)
        try container.encode(pauses, forKey: .pauses)
        try container.encode(answered, forKey: .answered)
    }
}
