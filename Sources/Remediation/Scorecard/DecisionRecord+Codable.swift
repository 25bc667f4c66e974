import Diagnosis
import Time

// Statistics must not decide whether cool-downs can be read: what another version of the agent wrote
// about a decision, and this one does not know, is no reason to refuse the record of the graph. It is
// written back as it was read, because what is lost could have been wrong.

/// The decisions of one graph, oldest first, and what cannot be read as one.
struct DecisionLog: Hashable, Sendable, Codable {
    var all: [DecisionRecord]
    var unread: [UnreadValue] = []

    var isEmpty: Bool { all.isEmpty && unread.isEmpty }

    private static let maximumUnread = 16
    private static let maximumUnreadBytes = 2_048

    init(_ all: [DecisionRecord]) {
        self.all = all
    }

    init(from decoder: any Decoder) throws {
        all = []
        let value = try decoder.singleValueContainer()
        if let entries = try? value.decode([Entry].self) {
            for entry in entries {
                switch entry {
                case .decision(let decision): all.append(decision)
                case .unread(let raw): unread.append(raw)
                }
            }
        } else {
            unread = [(try? value.decode(UnreadValue.self)) ?? .null]
        }
        unread = unread.prefix(Self.maximumUnread)
            .map { $0.limited(to: Self.maximumUnreadBytes, ["entry", "hangClass"]) }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        for decision in all { try container.encode(decision) }
        for raw in unread { try container.encode(raw) }
    }

    private enum Entry: Decodable {
        case decision(DecisionRecord)
        case unread(UnreadValue)

        init(from decoder: any Decoder) throws {
            if let decision = try? DecisionRecord(from: decoder) {
                self = .decision(decision)
            } else {
                self = .unread((try? UnreadValue(from: decoder)) ?? .null)
            }
        }
    }
}

extension DecisionRecord {
    private enum CodingKeys: String, CodingKey {
        case hangClass, entry, at, course, isAskedForPrecision, alertAt, incidentIDs, comeback
        case judgement, label, isOver
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        hangClass = try values.decode(HangClass.self, forKey: .hangClass)
        entry = try values.decode(String.self, forKey: .entry)
        at = try values.decode(Timestamp.self, forKey: .at)
        course = (try? values.decode(Course.self, forKey: .course)) ?? .held
        // Whoever does not know why a person was asked lets the person answer.
        isAskedForPrecision =
            (try? values.decode(Bool.self, forKey: .isAskedForPrecision)) ?? (course == .asked)
        alertAt = try? values.decode(Timestamp.self, forKey: .alertAt)
        incidentIDs = (try? values.decode([String].self, forKey: .incidentIDs)) ?? []
        comeback = try? values.decode(Comeback.self, forKey: .comeback)
        isOver = (try? values.decode(Bool.self, forKey: .isOver)) ?? true
        if values.contains(.label), (try? values.decodeNil(forKey: .label)) != true {
            label = try? values.decode(DecisionLabel.self, forKey: .label)
            if label == nil {
                let raw = (try? values.decode(UnreadValue.self, forKey: .label)) ?? .null
                unreadLabel = raw.limited(to: Self.maximumLabelBytes, ["isRight", "by"])
            }
        }
        if values.contains(.judgement), (try? values.decodeNil(forKey: .judgement)) != true {
            judgement =
                (try? values.decode(Judgement.self, forKey: .judgement)) ?? .unread(at: at)
        }
    }

    private static let maximumLabelBytes = 4_096

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(hangClass, forKey: .hangClass)
        try values.encode(entry, forKey: .entry)
        try values.encode(at, forKey: .at)
        try values.encode(course, forKey: .course)
        try values.encode(isAskedForPrecision, forKey: .isAskedForPrecision)
        try values.encodeIfPresent(alertAt, forKey: .alertAt)
        try values.encode(incidentIDs, forKey: .incidentIDs)
        try values.encodeIfPresent(comeback, forKey: .comeback)
        try values.encodeIfPresent(judgement, forKey: .judgement)
        if let label {
            try values.encode(label, forKey: .label)
        } else {
            try values.encodeIfPresent(unreadLabel, forKey: .label)
        }
        try values.encode(isOver, forKey: .isOver)
    }
}

extension Judgement: Codable {
    fileprivate static func unread(at instant: Timestamp) -> Judgement {
        var unread = Judgement(reason: .notUnderstood, at: instant)
        unread.foreign = Foreign(reason: Reason.notUnderstood.rawValue, outcome: nil)
        return unread
    }

    private enum CodingKeys: String, CodingKey {
        case reason, outcome, at
    }

    /// A version that does not know a reason counts by the outcome.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let text = try values.decode(String.self, forKey: .reason)
        at = try values.decode(Timestamp.self, forKey: .at)
        reason = Reason(rawValue: text) ?? .notUnderstood
        if reason == .notUnderstood {
            let outcome = try? values.decode(DecisionOutcome.self, forKey: .outcome)
            foreign = Foreign(reason: text, outcome: outcome)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(foreign?.reason ?? reason.rawValue, forKey: .reason)
        try values.encodeIfPresent(
            foreign == nil ? reason.outcome : foreign?.outcome,
            forKey: .outcome
        )
        try values.encode(at, forKey: .at)
    }
}
