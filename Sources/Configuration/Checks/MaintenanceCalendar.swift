import PromQL
import Cycle
import Files
import StrictYAML
package import Time
import TimeIntervals

/// The result of `graphwarden check maintenance` for one file.
package struct MaintenanceCalendar: Sendable {
    package private(set) var lines: [String] = []
    package private(set) var problems: [String] = []
    /// 0 valid, 1 invalid, 2 unreadable.
    package private(set) var exitCode: Int32 = 0

    private static let openings = 10

    /// - Parameter start: the changes after this time are listed.
    package static func check(_ file: String, at start: Timestamp) -> MaintenanceCalendar {
        var calendar = MaintenanceCalendar()
        do throws(FileError) {
            let text = try TextFile.text(file)
            let reading = ConfigurationReader.read(text, file: file, missingSecret: .warning)
            calendar.problems = reading.issues.filter { $0.severity == .error }.map { "\($0)" }
            guard let configuration = reading.value else {
                calendar.exitCode = 1
                return calendar
            }
            let windows = configuration.maintenance
            calendar.lines = windows.flatMap { lines(of: $0, at: start) }
            if windows.isEmpty { calendar.lines = ["no maintenance windows"] }
        } catch {
            calendar.problems = ["\(error)"]
            calendar.exitCode = 2
        }
        return calendar
    }

    /// The next ten openings and closings, in the zone of the first interval and in UTC.
    private static func lines(of window: MaintenanceWindow, at start: Timestamp) -> [String] {
        let zone = window.calendar.intervals.first?.zone ?? .utc
        let isOpen = window.calendar.contains(start)
        let state = isOpen ? "open" : "closed"
        var lines = ["\(window.summary): \(state) at \(zone.text(of: start)) (\(start))"]
        let count = openings * 2
        let changes = window.calendar.changes(after: start, count: count)
        lines += changes.map { change in
            "  \(change.opens ? "opens " : "closes") \(zone.text(of: change.at))  \(change.at)"
        }
        if changes.count < count {
            let isLeftOpen = changes.last?.opens ?? isOpen
            lines.append(isLeftOpen ? "  never closes again" : "  never opens again")
        }
        return lines
    }
}

extension MaintenanceWindow {
    /// `maintenance window "nightly" for name="prod-.*": 2 time intervals in Europe/Berlin`
    var summary: String {
        var zones: [String] = []
        for interval in calendar.intervals where !zones.contains(interval.zone.name) {
            zones.append(interval.zone.name)
        }
        let count = calendar.intervals.count
        let selectors =
            [("id", scope.id), ("name", scope.name)].compactMap { key, pattern in
                pattern.map { "\(key)=\"\($0.source)\"" }
            }
            + scope.tags.sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value.source)\"" }
        return "maintenance window \"\(name)\" for \(selectors.joined(separator: ", ")):"
            + " \(count) time interval\(count == 1 ? "" : "s") in \(zones.joined(separator: ", "))"
    }
}

extension TimeZoneTable {
    /// `Sun 2026-11-29 02:00:00 +01:00`
    fileprivate func text(of time: Timestamp) -> String {
        let civil = civilTime(at: time)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let seconds = offset(at: time).components.seconds
        let minutes = abs(seconds) / 60
        func padded(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let offset = "\(seconds < 0 ? "-" : "+")\(padded(minutes / 60)):\(padded(minutes % 60))"
        return "\(days[civil.date.dayOfWeek]) \(civil.date) \(civil.time) \(offset)"
    }
}
