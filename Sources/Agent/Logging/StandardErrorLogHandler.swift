import Glibc
package import Logging
import Synchronization
import Time

/// Writes one line per event to standard error with a single `write`, so that lines of different
/// threads never mix, and counts the lines by level for `graphwarden_log_messages_total`.
package struct StandardErrorLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level
    private let format: LogFormat
    private let counts: LogCounts

    package init(level: Logger.Level, format: LogFormat, counts: LogCounts) {
        logLevel = level
        self.format = format
        self.counts = counts
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        counts.count(event.level)
        var fields = metadata
        fields.merge(metadataProvider?.get() ?? [:]) { _, provided in provided }
        fields.merge(event.metadata ?? [:]) { _, given in given }
        if let error = event.error { fields["err"] = "\(error)" }
        let line = format.line(
            timestamp: WallClock.now().rfc3339Milliseconds,
            level: event.level,
            message: event.message.description,
            fields: fields.map { ($0.key, $0.value.description) }
        )
        Self.write(line + "\n")
    }

    private static func write(_ line: String) {
        var bytes = Array(line.utf8)[...]
        while !bytes.isEmpty {
            let written = unsafe bytes.span.withUnsafeBytes {
                unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count)
            }
            if written < 0 && errno == EINTR { continue }
            // A closed or full standard error must not stop the agent.
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }
}

/// How many lines were logged, by level.
package final class LogCounts: Sendable {
    private let counts = Mutex<[String: Int]>(["debug": 0, "info": 0, "warn": 0, "error": 0])

    package init() {}

    package func count(_ level: Logger.Level) {
        counts.withLock { $0[level.exporterName, default: 0] += 1 }
    }

    package var snapshot: [String: Int] { counts.withLock { $0 } }
}
