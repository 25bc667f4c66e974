import Time

/// A maintenance window that a reload ended: it removed it, or gave it another name, scope or time.
/// What it held is observed afresh as if the window had closed.
struct RemovedWindow: Sendable {
    let window: MaintenanceWindow
    let closedAt: Timestamp

    /// Those beyond are forgotten, the oldest first.
    static let capacity = 1_000

    /// What ends when these windows take the place of `old`. A closed window that stays as it is
    /// knows its last closing itself.
    static func ended(
        _ old: [(window: MaintenanceWindow, state: MaintenanceState)],
        by new: [MaintenanceWindow],
        at now: Timestamp
    ) -> [RemovedWindow] {
        old.compactMap { window, state in
            guard let closedAt = state.isOpen ? now : state.closedAt, !new.contains(window) else {
                return nil
            }
            return RemovedWindow(window: window, closedAt: closedAt)
        }
    }

    func shifted(by jump: Duration) -> RemovedWindow {
        RemovedWindow(window: window, closedAt: closedAt + jump)
    }
}
