import Logging
import Synchronization

/// Keeps what is logged, one line for each event, with the metadata in order of their keys.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var logger: Logger { Logger(label: "test") { [self] _ in Handler(lines: self) } }

    func take() -> [String] {
        lines.withLock { lines in
            defer { lines = [] }
            return lines
        }
    }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let pairs = (event.metadata ?? [:]).sorted { $0.key < $1.key }
            let line = ["\(event.level): \(event.message)"] + pairs.map { "\($0)=\($1)" }
            lines.lines.withLock { $0.append(line.joined(separator: " ")) }
        }
    }
}
