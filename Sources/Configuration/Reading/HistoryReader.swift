import StrictYAML
import Time

/// Reads the section `history`.
enum HistoryReader {
    private static let shortestRetention = Duration.seconds(3600)
    private static let smallestBytes = 4 << 20

    static var history: YAMLType<HistoryConfiguration> {
        .mapping { reader in
            var history = HistoryConfiguration()
            history.retention = reader.value(
                "retention",
                retention,
                default: history.retention
            )
            history.maximumBytes = reader.value(
                "max_size",
                size,
                default: history.maximumBytes
            )
            return history
        }
    }

    private static var retention: YAMLType<Duration> {
        .duration.checked { value in
            value == .zero || value >= shortestRetention
                ? nil : "must be at least 1h, or 0s to keep no samples on disk"
        }
    }

    /// Binary units only: a file of 1GB would be of another size for each reader.
    private static let units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40)]

    private static var size: YAMLType<Int> {
        .scalar("a size such as 512MiB or 1GiB", placeholder: smallestBytes) {
            text throws(YAMLProblem) in
            let unit = units.first { text.hasSuffix($0.0) }
            let number = unit.flatMap { Int(text.dropLast($0.0.count)) }
            guard let unit, let number, number >= 0, !text.hasPrefix("+"),
                number <= 1 << 20
            else { throw YAMLProblem("expected a size such as 512MiB or 1GiB, found \(text)") }
            let bytes = number << unit.1
            guard bytes >= smallestBytes else { throw YAMLProblem("must be at least 4MiB") }
            return bytes
        }
    }
}
