import Time

/// The ways in which a graph hangs.
package enum HangKind: String, CaseIterable, Sendable {
    /// Status 200, but the data plane accepts connections and never answers.
    case unresponsive
    /// Status 202, 204 or 205 forever, with a task inside the graph that makes no progress.
    case importing = "import"
    case exporting = "export"
    case clearing = "clear"

    /// The status that a graph reports during this hang.
    package var status: SimulatedGraph.Status {
        switch self {
        case .unresponsive: .running
        case .importing: .importing
        case .exporting: .exporting
        case .clearing: .clearing
        }
    }
}

/// What a graph with status 202, 204 or 205 is busy with.
package enum WorkKind: String, CaseIterable, Sendable {
    case importing = "import"
    case exporting = "export"
    case clearing = "clear"

    var status: SimulatedGraph.Status {
        switch self {
        case .importing: .importing
        case .exporting: .exporting
        case .clearing: .clearing
        }
    }

    /// The `taskType` of the data plane and the `job_name` of the management plane.
    var taskType: String {
        switch self {
        case .importing: "ImportGraph"
        case .exporting: "ExportGraph"
        case .clearing: "ClearGraph"
        }
    }

    init?(_ hang: HangKind) {
        switch hang {
        case .unresponsive: return nil
        case .importing: self = .importing
        case .exporting: self = .exporting
        case .clearing: self = .clearing
        }
    }
}

/// A hang, from its start to the restart that ends it.
struct Hang: Hashable, Sendable {
    let hangClass: HangKind
    let since: Timestamp
    /// Restarts until it is healed: 1 is the usual case; nil for a hang that no restart heals.
    var restartsToHeal: Int?
    /// How an unresponsive graph behaves.
    var manner = DataPlaneManner.silent
    /// The operations that an unresponsive graph still answers.
    var answers: Set<Operation> = []
    /// The task whose end heals it too; nil if there is none.
    var causeID: String?
}
