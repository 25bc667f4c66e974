/// The kind of hang that a rule saw; the raw value is the rule's label `hang`. A restart is
/// documented for exactly the four statuses that go with it (GES API, pages 0222 and 0358).
package enum HangClass: String, Hashable, Sendable, Codable, CaseIterable {
    /// Running, but its data plane does not answer.
    case unresponsive
    /// Importing, exporting or clearing without coming further.
    case importing = "import"
    case exporting = "export"
    case clearing = "clear"

    /// The status code of a graph with this kind of hang.
    package var expectedStatusCode: String {
        switch self {
        case .unresponsive: "200"
        case .importing: "202"
        case .exporting: "204"
        case .clearing: "205"
        }
    }

    /// Whether work of this name belongs to the operation that hangs. Names of tasks and jobs
    /// contain that of the operation, such as `ImportGraph`.
    package func isOperation(named name: String?) -> Bool {
        self != .unresponsive && (name?.lowercased().contains(rawValue) ?? false)
    }

    /// The kind of hang that a graph in this status can have; nil for a status in which a restart
    /// must never be sent.
    package init?(statusCode: String) {
        guard let match = Self.allCases.first(where: { $0.expectedStatusCode == statusCode }) else {
            return nil
        }
        self = match
    }
}
