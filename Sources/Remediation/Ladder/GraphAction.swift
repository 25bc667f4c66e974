/// A request that changes a graph. Each has an intent of its own and is sent once. The raw values
/// are in ledgers.
package enum GraphAction: String, Hashable, Sendable, Codable, CaseIterable {
    case cancel, restart, stop, start

    package var rung: Rung {
        switch self {
        case .cancel: .cancel
        case .restart: .restart
        case .stop, .start: .stopAndStart
        }
    }

    /// Whether it ends every task of the graph. Only such an action uses up attempts and budget.
    var endsTasks: Bool { self == .restart || self == .stop }

    /// Whether it goes to the management plane, whose requests `Policy.posts` limits and which
    /// judges the credential.
    var isOfManagementPlane: Bool { self != .cancel }
}
