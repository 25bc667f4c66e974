import GoText
import Time

extension TemplateCall {
    /// The functions that make numbers readable, and those of time.
    func number() throws(TemplateError) -> TemplateValue {
        switch function {
        case .now: return .number(data.now)
        case .parseDuration: return .number(try parsedDuration())
        default: break
        }
        let value = try double(0)
        switch function {
        case .humanize: return .string(value.isFinite ? humanize(value) : significant(value))
        case .humanize1024:
            return .string(value.isFinite ? humanize1024(value) : significant(value))
        case .humanizePercentage: return .string(significant(value * 100) + "%")
        case .humanizeDuration: return .string(humanizeDuration(value))
        case .humanizeTimestamp:
            guard value.isFinite else { return .string(significant(value)) }
            return .string(GoTime.format(seconds: try timestamp(value)))
        case .toTime: return .time(try timestamp(value))
        default: return .duration(try nanoseconds(value))
        }
    }

    private func parsedDuration() throws(TemplateError) -> Double {
        let text = try string(0)
        do throws(PrometheusDuration.ParseError) {
            return try PrometheusDuration.parse(text).inSeconds
        } catch {
            throw TemplateError(error.description)
        }
    }

    private func significant(_ value: Double) -> String {
        GoFloat.format(value, precision: 4)
    }

    private func humanize(_ value: Double) -> String {
        value.magnitude >= 1
            ? scaled(value, by: 1000, ["k", "M", "G", "T", "P", "E", "Z", "Y"]) : smallScaled(value)
    }

    private func humanize1024(_ value: Double) -> String {
        value.magnitude <= 1
            ? significant(value)
            : scaled(value, by: 1024, ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"])
    }

    private func scaled(_ value: Double, by step: Double, _ prefixes: [String]) -> String {
        var rest = value
        var prefix = ""
        for next in prefixes where rest.magnitude >= step {
            prefix = next
            rest /= step
        }
        return significant(rest) + prefix
    }

    private func smallScaled(_ value: Double) -> String {
        guard value != 0 else { return significant(value) }
        var rest = value
        var prefix = ""
        for next in ["m", "u", "n", "p", "f", "a", "z", "y"] where rest.magnitude < 1 {
            prefix = next
            rest *= 1000
        }
        return significant(rest) + prefix
    }

    private func humanizeDuration(_ value: Double) -> String {
        guard value.isFinite else { return significant(value) }
        guard value.magnitude >= 1 else { return smallScaled(value) + "s" }
        let sign = value < 0 ? "-" : ""
        let total = Int64(exactly: value.magnitude.rounded(.towardZero)) ?? .max
        let seconds = total % 60
        let minutes = total / 60 % 60
        let hours = total / 3600 % 24
        let days = total / 86_400
        if days > 0 { return "\(sign)\(days)d \(hours)h \(minutes)m \(seconds)s" }
        if hours > 0 { return "\(sign)\(hours)h \(minutes)m \(seconds)s" }
        if minutes > 0 { return "\(sign)\(minutes)m \(seconds)s" }
        return sign + significant(value.magnitude) + "s"
    }

    /// The time in seconds, truncated to milliseconds like all times of Prometheus.
    private func timestamp(_ seconds: Double) throws(TemplateError) -> Double {
        guard (seconds * 1e9).magnitude < 0x1p63 else {
            throw TemplateError(
                "\(GoFloat.format(seconds)) cannot be represented as a nanoseconds timestamp "
                    + "since it overflows int64"
            )
        }
        return (seconds * 1000).rounded(.towardZero) / 1000
    }

    private func nanoseconds(_ seconds: Double) throws(TemplateError) -> Int64 {
        guard let value = Int64(exactly: (seconds * 1e9).rounded(.towardZero)) else {
            throw TemplateError(
                "\(GoFloat.format(seconds)) cannot be represented as a duration "
                    + "since it overflows int64"
            )
        }
        return value
    }
}
