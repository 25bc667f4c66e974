import Cycle
import StrictYAML
import TimeIntervals

/// Reads the section `maintenance`: windows in Alertmanager's time-interval syntax.
struct MaintenanceReader {
    let zones: ZoneFiles

    static let mostWindows = 100
    private static let mostRanges = 100

    var windows: YAMLType<[YAMLLocated<MaintenanceWindow>]> {
        .list(of: .located(window), count: 0...Self.mostWindows)
    }

    /// Two windows of one name could not be told apart in `why` and in metrics.
    static func checkNames(
        _ windows: [YAMLLocated<MaintenanceWindow>],
        _ reader: YAMLMappingReader
    ) {
        var lines: [String: Int] = [:]
        for window in windows {
            if let line = lines[window.value.name] {
                reader.context.report(
                    "maintenance: the window on line \(line) is named \"\(window.value.name)\" too",
                    at: window.mark
                )
            }
            lines[window.value.name] = window.mark.line
        }
    }

    private var window: YAMLType<MaintenanceWindow> {
        .mapping { reader in
            MaintenanceWindow(
                name: reader.required("name", Self.name),
                scope: reader.required("scope", ConfigurationReader.match("scope")),
                calendar: CalendarIntervals(
                    reader.required(
                        "time_intervals",
                        .list(of: interval, count: 1...Self.mostRanges)
                    )
                )
            )
        }
    }

    private static var name: YAMLType<String> {
        .nonEmptyString.checked { $0.utf8.count > 128 ? "longer than 128 bytes" : nil }
    }

    private var interval: YAMLType<CalendarInterval> {
        .mapping { [zones] reader in
            var interval = CalendarInterval()
            interval.times = reader.value("times", Self.ranges(of: Self.time), default: [])
            interval.weekdays = Self.read("weekdays", reader, CalendarInterval.weekdays)
            interval.daysOfMonth = Self.read("days_of_month", reader, CalendarInterval.daysOfMonth)
            interval.months = Self.read("months", reader, CalendarInterval.months)
            interval.years = Self.read("years", reader, CalendarInterval.years)
            interval.zone = reader.value("location", Self.zone(zones), default: .utc)
            let fields = ["times", "weekdays", "days_of_month", "months", "years"]
            if fields.allSatisfy({ !reader.has($0) }) {
                reader.report(
                    "a time interval without fields is always open: these graphs are never"
                        + " restarted",
                    severity: .warning
                )
            }
            return interval
        }
    }

    /// An empty list would match no time.
    private static func ranges<Item>(of item: YAMLType<Item>) -> YAMLType<[Item]> {
        .list(of: item, count: 1...mostRanges)
    }

    private static func read<Item>(
        _ key: String,
        _ reader: YAMLMappingReader,
        _ parse: @escaping (String) throws(CalendarInterval.Malformed) -> Item
    ) -> [Item] {
        let item = YAMLType<Item?>.scalar("a range", placeholder: nil) {
            text throws(YAMLProblem) in
            do throws(CalendarInterval.Malformed) {
                return try parse(text)
            } catch {
                throw YAMLProblem(error.message)
            }
        }
        return reader.value(key, ranges(of: item), default: []).compactMap(\.self)
    }

    private static var time: YAMLType<Range<Int>> {
        .mapping { reader in
            let (start, end) = (
                reader.required("start_time", .string), reader.required("end_time", .string)
            )
            guard reader.has("start_time"), reader.has("end_time") else { return 0..<1 }
            do throws(CalendarInterval.Malformed) {
                return try CalendarInterval.times(start, end)
            } catch {
                reader.report(error.message)
                return 0..<1
            }
        }
    }

    private static func zone(_ zones: ZoneFiles) -> YAMLType<TimeZoneTable> {
        .scalar("a time zone such as Europe/Berlin", placeholder: .utc) {
            text throws(YAMLProblem) in
            do throws(ZoneFileProblem) {
                return try zones.zone(text)
            } catch {
                throw YAMLProblem(error.message)
            }
        }
    }
}
