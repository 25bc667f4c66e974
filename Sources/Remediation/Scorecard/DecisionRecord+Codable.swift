import Diagnosis
import Time

// Statistics must not decide whether cool-downs can be read: what another version of the agent wrote
// about a decision, and this one does not know, is no reason to refuse the record of the graph.

/// The decisions of one graph, oldest first. Those that cannot be read are left out and counted.
struct DecisionLog: Hashable, Sendable, Codable {
    var all: [DecisionRecord]
    /// How many could not be read.
    private(set) var unreadCount = 0

    init(_ all: [DecisionRecord]) {
        self.all = all
    }

    init(from decoder: any Decoder) throws {
        all = []
        guard let entries = try? decoder.singleValueContainer().decode([Entry].self) else {
            unreadCount = 1
            return
        }
        all = entries.compactMap(\.decision)
        unreadCount = entries.count - all.count
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(all)
    }

    private struct Entry: Decodable {
        let decision: DecisionRecord?

        init(from decoder: any Decoder) throws {
            decision = try? DecisionRecord(from: decoder)
        }
    }
}

extension DecisionRecord {
    private enum CodingKeys: String, CodingKey {
        case hangClass, entry, at, course, incidentIDs, comeback, judgement, label, isOver
    }

    /// A judgement for an unknown reason is one that says nothing.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        hangClass = try values.decode(HangClass.self, forKey: .hangClass)
        entry = try values.decode(String.self, forKey: .entry)
        at = try values.decode(Timestamp.self, forKey: .at)
        course = (try? values.decode(Course.self, forKey: .course)) ?? .held
        incidentIDs = (try? values.decode([String].self, forKey: .incidentIDs)) ?? []
        comeback = try? values.decode(Comeback.self, forKey: .comeback)
        label = try? values.decode(DecisionLabel.self, forKey: .label)
        isOver = (try? values.decode(Bool.self, forKey: .isOver)) ?? true
        if values.contains(.judgement), (try? values.decodeNil(forKey: .judgement)) != true {
            judgement =
                (try? values.decode(Judgement.self, forKey: .judgement))
                ?? Judgement(reason: .notUnderstood, at: at)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(hangClass, forKey: .hangClass)
        try values.encode(entry, forKey: .entry)
        try values.encode(at, forKey: .at)
        try values.encode(course, forKey: .course)
        try values.encode(incidentIDs, forKey: .incidentIDs)
        try values.encodeIfPresent(comeback, forKey: .comeback)
        try values.encodeIfPresent(judgement, forKey: .judgement)
        try values.encodeIfPresent(label, forKey: .label)
        try values.encode(isOver, forKey: .isOver)
    }
}
