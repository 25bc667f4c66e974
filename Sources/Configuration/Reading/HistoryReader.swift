import PromQL
import Series
import StrictYAML
import Time

/// Reads the section `history`.
enum HistoryReader {
    private static let shortestRetention = Duration.seconds(3600)
    private static let smallestBytes = 4 << 20

    static func history(_ paths: FilePaths) -> YAMLType<HistoryConfiguration> {
        .mapping { reader in
            var history = HistoryConfiguration()
            history.source = source(reader, paths)
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

    private static let keysOfSource = [
        "match", "timeout", "ca_file", "token_file", "user", "password_file",
    ]

    private static func source(_ reader: YAMLMappingReader, _ paths: FilePaths) -> HistorySource? {
        guard let url = reader.optional("url", CloudReader.endpoint) else {
            if !reader.has("url") {
                for key in keysOfSource where reader.has(key) {
                    reader.report("\(key) needs url", at: key)
                }
            }
            return nil
        }
        for key in ["retention", "max_size"] where reader.has(key) {
            reader.report("with url, no samples are kept on disk; remove \(key)", at: key)
        }
        var source = HistorySource(url: url)
        source.match = reader.optional("match", selector)
        source.timeout = reader.value(
            "timeout",
            .duration(in: .seconds(1)...(.seconds(120))),
            default: source.timeout
        )
        source.certificateAuthorityFile = reader.optional("ca_file", paths.certificateAuthorityFile)
        source.credentials = ServerCredentials(reader, paths: paths, to: url)
        return source
    }

    private static var selector: YAMLType<String> {
        .nonEmptyString.checked { text in
            guard text.hasPrefix("{") else {
                return "must be a selector without a name, such as {job=\"graphwarden\"}"
            }
            do {
                let matchers = try Expression.parseSelector(text).matchers
                return matchers.contains { $0.name == Labels.metricNameLabel }
                    ? "must have no name: the agent asks for each metric" : nil
            } catch {
                return "\(error)"
            }
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
