package import Series

/// The labels of an alert, as far as they are known.
package struct AlertLabels: Hashable, Sendable {
    package let labels: Labels
    /// Whether the alert has no others.
    package let isWhole: Bool

    /// How much is kept of one received alert, names and values together.
    package static let maximumBytes = 4_096
    /// Kept in any case: the agent acts on them.
    private static let essential = ["alertname", "graph_id", "hang", "remediate"]

    init(_ labels: Labels, isWhole: Bool) {
        self.labels = labels
        self.isWhole = isWhole
    }

    /// Keeps as many as the limit allows, in the order of their names.
    init(keeping labels: Labels) {
        var rest = Self.maximumBytes
        let byImportance =
            labels.filter { Self.essential.contains($0.name) }
            + labels.filter { !Self.essential.contains($0.name) }
        let kept = byImportance.filter { name, value in
            let bytes = name.utf8.count + value.utf8.count
            guard bytes <= rest || Self.essential.contains(name) else { return false }
            rest -= bytes
            return true
        }
        self.init(Labels(kept), isWhole: kept.count == labels.count)
    }

    /// Nil if it is not known. A label that the alert lacks is empty.
    func value(of name: String) -> String? {
        let value = labels[name]
        return value.isEmpty && !isWhole ? nil : value
    }
}

extension AlertLabels: Codable {
    private enum CodingKeys: String, CodingKey {
        case labels
        case isWhole
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            Labels(try container.decode([String: String].self, forKey: .labels)),
            isWhole: try container.decode(Bool.self, forKey: .isWhole)
        )
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        let pairs = Dictionary(labels.map { ($0.name, $0.value) }) { first, _ in first }
        try container.encode(pairs, forKey: .labels)
        try container.encode(isWhole, forKey: .isWhole)
    }
}
