import Time

/// Times as people read them: relative, with the absolute time in the title. A script updates the
/// relative ones while the page is open.
enum TimeText {
    /// `4 s ago`, `in 2 h`.
    static func ago(_ instant: Timestamp, _ context: PageContext) -> Markup {
        let age = context.now - instant
        let text =
            age < .seconds(-1)
            ? "in \(span(.zero - age))" : age < .seconds(1) ? "now" : "\(span(age)) ago"
        return time(instant, "ago", text)
    }

    /// The time of the day, with the date if it is not today.
    static func clock(_ instant: Timestamp, _ context: PageContext) -> Markup {
        time(instant, "at", clockText(instant, now: context.now))
    }

    static func optional(_ instant: Timestamp?, _ context: PageContext) -> Markup {
        instant.map { ago($0, context) } ?? "<span class=\"none\">–</span>"
    }

    private static func time(_ instant: Timestamp, _ kind: Markup, _ text: String) -> Markup {
        let absolute = instant.rfc3339
        return """
            <time class="\(kind)" datetime="\(absolute)" title="\(absolute)">\(text)</time>
            """
    }

    static func clockText(_ instant: Timestamp, now: Timestamp) -> String {
        let civil = CivilTime(instant)
        let clock = civil.time.description.prefix(8)
        return civil.date == CivilTime(now).date ? String(clock) : "\(civil.date) \(clock)"
    }

    /// One or two units: `47 s`, `6 min`, `4 min 10 s`, `3 h 5 min`, `2 d 4 h`.
    static func span(_ duration: Duration) -> String {
        let seconds = max(0, duration.components.seconds)
        return switch seconds {
        case ..<120: "\(seconds) s"
        case ..<600: pair(seconds / 60, "min", seconds % 60, "s")
        case ..<7_200: "\(seconds / 60) min"
        case ..<172_800: pair(seconds / 3_600, "h", seconds % 3_600 / 60, "min")
        default: pair(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h")
        }
    }

    private static func pair(_ big: Int64, _ unit: String, _ rest: Int64, _ less: String) -> String
    {
        rest == 0 ? "\(big) \(unit)" : "\(big) \(unit) \(rest) \(less)"
    }
}
