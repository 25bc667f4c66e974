import GoText

extension Labels: CustomStringConvertible {
    /// PromQL syntax without a name before the braces: `{__name__="up", job="a"}`.
    package var description: String {
        Labels.braced(self)
    }

    /// PromQL syntax with the metric name before the braces: `up{job="a"}`, or just the name if
    /// there are no other labels.
    package var seriesDescription: String {
        let name = metricName
        guard Labels.isLegacyMetricName(name) else { return description }
        let others = removingMetricName()
        return others.isEmpty ? name : name + Labels.braced(others)
    }

    private static func braced(_ labels: Labels) -> String {
        let inner = labels.map { label in
            let name = isLegacyLabelName(label.name) ? label.name : label.name.goQuoted
            return "\(name)=\(label.value.goQuoted)"
        }
        return "{" + inner.joined(separator: ", ") + "}"
    }

    /// `[a-zA-Z_:][a-zA-Z0-9_:]*`: may be written before the braces without quotes.
    package static func isLegacyMetricName(_ name: String) -> Bool {
        isName(name, allowingColon: true)
    }

    /// `[a-zA-Z_][a-zA-Z0-9_]*`: may be written inside the braces without quotes.
    package static func isLegacyLabelName(_ name: String) -> Bool {
        isName(name, allowingColon: false)
    }

    private static func isName(_ name: String, allowingColon: Bool) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "_"): true
            case UInt8(ascii: ":"): allowingColon
            default: false
            }
        }
    }
}
