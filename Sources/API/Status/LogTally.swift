package import Logging
import Synchronization

/// Log lines that clients cause, in a number that no client decides. Of each kind, the first few
/// between two reports are logged at once; of the others, `report` logs the count and the first
/// example.
package final class LogTally: Sendable {
    private struct Kind: Hashable, Comparable {
        let message: String
        let reason: String

        static func < (left: Kind, right: Kind) -> Bool {
            (left.message, left.reason) < (right.message, right.reason)
        }
    }

    private struct Entry {
        var logged = 0
        var count = 0
        var level = Logger.Level.warning
        var example: [String: String] = [:]
    }

    private let entries = Mutex<[Kind: Entry]>([:])
    private let logger: Logger

    package init(logger: Logger) {
        self.logger = logger
    }

    /// Logs or counts one event.
    ///
    /// - Parameters:
    ///   - reason: distinguishes kinds with the same message. Of a fixed set, like the message:
    ///     never a client's text.
    ///   - lines: how many of this kind are logged at once until the next report.
    package func log(
        _ message: String,
        level: Logger.Level = .warning,
        reason: String = "",
        atMost lines: Int = 1,
        _ metadata: @autoclosure () -> [String: String]
    ) {
        guard logger.logLevel <= level else { return }
        let kind = Kind(message: message, reason: reason)
        let isLogged = entries.withLock { entries in
            guard entries[kind, default: Entry()].logged < lines else { return false }
            entries[kind, default: Entry()].logged += 1
            return true
        }
        if isLogged {
            logger.log(level: level, "\(message)", metadata: Self.values(metadata()))
            return
        }
        count(1, message, reason: reason, level: level, metadata())
    }

    /// Counts events for the next report.
    package func count(
        _ count: Int,
        _ message: String,
        reason: String = "",
        level: Logger.Level = .warning,
        _ example: @autoclosure () -> [String: String]
    ) {
        entries.withLock { entries in
            var entry = entries[Kind(message: message, reason: reason)] ?? Entry()
            if entry.count == 0 { (entry.level, entry.example) = (level, example()) }
            entry.count += count
            entries[Kind(message: message, reason: reason)] = entry
        }
    }

    /// Logs what was counted since the last call. To be called about once a minute.
    package func report() {
        let counted = entries.withLock { entries in
            defer { entries = [:] }
            return entries.filter { $0.value.count > 0 }.sorted { $0.key < $1.key }
        }
        for (kind, entry) in counted {
            var metadata = entry.example
            metadata["count"] = "\(entry.count)"
            if !kind.reason.isEmpty { metadata["reason"] = kind.reason }
            logger.log(level: entry.level, "\(kind.message)", metadata: Self.values(metadata))
        }
    }

    private static func values(_ metadata: [String: String]) -> Logger.Metadata {
        metadata.mapValues { .string($0) }
    }
}
