package import Time
import TimeIntervals

/// Whether a maintenance window is open. It is computed once and holds until the window opens or
/// closes.
package struct MaintenanceState: Hashable, Sendable {
    package let name: String
    package let isOpen: Bool
    /// When it closes, or opens if it is closed; nil if not within a year, or within as many
    /// boundaries as one step looks at.
    package let nextChange: Timestamp?
    /// When it last closed; nil if it is open, or closed longer ago than any graph is observed.
    let closedAt: Timestamp?
    private let valid: Range<Timestamp>

    init(_ window: MaintenanceWindow, observe: Duration, at now: Timestamp) {
        name = window.name
        isOpen = window.calendar.contains(now)
        let (change, searchedUntil) = window.calendar.search(
            after: now,
            before: now + Self.outlook,
            looks: Self.looks
        )
        nextChange = change
        closedAt = window.calendar.lastClosing(after: now - observe, through: now)
        valid = now..<(change ?? min(searchedUntil, now + .seconds(86_400)))
    }

    /// Enough for two intervals a day over the whole year.
    private static let looks = 5_000

    private static let outlook = Duration.seconds(366 * 86_400)

    func holds(at now: Timestamp) -> Bool { valid.contains(now) }
}
