/// What kind of hang a rule saw. A restart is documented for exactly these four statuses
/// (GES API pages 0222 and 0358); the raw value is the label `hang` of a rule.
package enum HangClass: String, Hashable, Sendable, Codable, CaseIterable {
    case unresponsive
    case importing = "import"
    case exporting = "export"
    case clearing = "clear"

    /// The status code that a graph with this kind of hang shows.
    package var expectedStatusCode: String {
        switch self {
        case .unresponsive: "200"
        case .importing: "202"
        case .exporting: "204"
        case .clearing: "205"
        }
    }

    /// The kind of hang that is possible in a status; nil where a restart must never be sent.
    package init?(statusCode: String) {
        guard let match = Self.allCases.first(where: { $0.expectedStatusCode == statusCode }) else {
            return nil
        }
        self = match
    }
}
