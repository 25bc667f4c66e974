package import TimeIntervals

/// One entry of `maintenance`: the graphs in `scope` are not restarted while it is open.
package struct MaintenanceWindow: Hashable, Sendable {
    /// Unique in the configuration.
    package var name: String
    package var scope: GraphMatch
    package var calendar: CalendarIntervals

    package init(name: String, scope: GraphMatch, calendar: CalendarIntervals) {
        self.name = name
        self.scope = scope
        self.calendar = calendar
    }
}
