/// Checks the units in metric names: only base units, spelled out, at the end of the name.
enum LintUnits {
    /// Each unit with its base unit.
    private static let baseUnits = [
        "amperes": "amperes", "bytes": "bytes", "celsius": "celsius", "grams": "grams",
        "joules": "joules", "kelvin": "kelvin", "meters": "meters", "metres": "metres",
        "seconds": "seconds", "volts": "volts",
        "minutes": "seconds", "hours": "seconds", "days": "seconds", "weeks": "seconds",
        "kelvins": "kelvin", "fahrenheit": "celsius", "rankine": "celsius",
        "inches": "meters", "yards": "meters", "miles": "meters",
        "bits": "bytes", "calories": "joules", "pounds": "grams", "ounces": "grams",
    ]
    private static let prefixes = [
        "pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "kibi", "mega",
        "mebi", "giga", "gibi", "tera", "tebi", "peta", "pebi",
    ]
    private static let abbreviations: Set = [
        "s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d",
    ]

    static func findings(_ family: MetricFamily) -> [String] {
        let parts = family.name.split(separator: "_").map(String.init)
        var texts = parts.compactMap(baseUnitFinding)
        if parts.dropFirst().contains(where: { abbreviations.contains($0.lowercased()) }) {
            texts.append("metric names should not contain abbreviated units")
        }
        if let unit = family.unit, !family.openMetricsName.hasSuffix("_" + unit) {
            texts.append("the name does not end in its unit \"\(unit)\"")
        }
        return texts
    }

    private static func baseUnitFinding(_ part: String) -> String? {
        if let base = baseUnits[part] {
            return base == part ? nil : "use base unit \"\(base)\" instead of \"\(part)\""
        }
        for prefix in prefixes where part.hasPrefix(prefix) {
            if let base = baseUnits[String(part.dropFirst(prefix.count))] {
                return "use base unit \"\(base)\" instead of \"\(part)\""
            }
        }
        return nil
    }
}
