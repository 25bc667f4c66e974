/// A time span as kubectl prints ages: two units while the second one matters, then one.
package enum Age {
    /// Clocks of two hosts may differ a little: up to two seconds in the future count as now.
    package static func text(_ age: Duration) -> String {
        let seconds = age.components.seconds
        let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400)
        let years = days / 365
        return switch seconds {
        case ..<(-1): "<invalid>"
        case ..<0: "0s"
        case ..<120: "\(seconds)s"
        case ..<600: "\(minutes)m" + rest(seconds % 60, "s")
        case ..<10_800: "\(minutes)m"
        case ..<28_800: "\(hours)h" + rest(minutes % 60, "m")
        case ..<172_800: "\(hours)h"
        case ..<691_200: "\(days)d" + rest(hours % 24, "h")
        case ..<63_072_000: "\(days)d"
        case ..<252_288_000: "\(years)y" + rest(days % 365, "d")
        default: "\(years)y"
        }
    }

    private static func rest(_ count: Int64, _ unit: String) -> String {
        count == 0 ? "" : "\(count)\(unit)"
    }
}
