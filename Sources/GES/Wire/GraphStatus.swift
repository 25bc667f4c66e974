/// The status of a graph as a code of the service.
///
/// The codes and names are from `ges/v2/model/list_graphs_resp_graphs.py` in the official SDK; 903
/// appears only in the text of error GES.7002. The list is open: an unknown code is kept verbatim
/// with the phase `unknown`. Never act on such a graph.
package struct GraphStatus: Hashable, Sendable, CustomStringConvertible {
    package let code: String

    package init(code: String) {
        self.code = code
    }

    /// The values of the metric label `phase`.
    package enum Phase: String, Hashable, Sendable, CaseIterable {
        case running, transitional, degraded, faulty, stopped, frozen, deleted, unknown
    }

    package var phase: Phase { Self.known[code]?.phase ?? .unknown }

    /// The name in the console, such as `Importing`; nil for an unknown code.
    package var meaning: String? { Self.known[code]?.meaning }

    /// Whether the service accepts a restart in this status: running, importing, exporting or
    /// clearing (GES API pages 0222 and 0358).
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
