/// The state of a graph, as the code that the service sends.
///
/// The codes and their names stand in `ges/v2/model/list_graphs_resp_graphs.py` of the official SDK;
/// 903 only in the text of error GES.7002. The list is open: an unknown code is kept as it came, its
/// phase is `unknown`, and nothing may ever be done to such a graph.
package struct GraphStatus: Hashable, Sendable, CustomStringConvertible {
    package let code: String

    package init(code: String) {
        self.code = code
    }

    /// Values of the label `phase`.
    package enum Phase: String, Hashable, Sendable, CaseIterable {
        case running, transitional, degraded, faulty, stopped, frozen, deleted, unknown
    }

    package var phase: Phase { Self.known[code]?.phase ?? .unknown }

    /// The console's word for it, such as `Importing`; nil for a code that is not known.
    package var meaning: String? { Self.known[code]?.meaning }

    /// Whether the service accepts a restart in this state: running, importing, exporting and clearing
    /// (GES API pages 0222 and 0358).
    package var isRestartable: Bool { ["200", "202", "204", "205"].contains(code) }

    package var isRunning: Bool { code == "200" }

    /// `200 (Running)`
    package var description: String { "\(code) (\(meaning ?? "unknown"))" }

    private static let known: [String: (phase: Phase, meaning: String)] = [
        "100": (.transitional, "Preparing"),
        "200": (.running, "Running"),
        "201": (.transitional, "Upgrading"),
        "202": (.transitional, "Importing"),
        "203": (.transitional, "Rolling back"),
        "204": (.transitional, "Exporting"),
        "205": (.transitional, "Clearing"),
        "206": (.transitional, "Preparing to change size"),
        "207": (.transitional, "Changing size"),
        "208": (.transitional, "Rolling back to previous size"),
        "210": (.transitional, "Preparing for expansion"),
        "211": (.transitional, "Expanding"),
        "300": (.faulty, "Faulty"),
        "303": (.faulty, "Creation failed"),
        "400": (.deleted, "Deleted"),
        "800": (.frozen, "Frozen"),
        "900": (.stopped, "Stopped"),
        "901": (.transitional, "Stopping"),
        "903": (.transitional, "Backing up"),
        "920": (.transitional, "Starting"),
    ]
}
