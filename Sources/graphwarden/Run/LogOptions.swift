import Agent
import ArgumentParser
import Logging

/// The logging flags, named as in Prometheus.
struct LogOptions: ParsableArguments {
    @Option(
        name: .customLong("log.level"),
        help: """
            Only log messages with the given severity or above. One of: debug, info, warn, error.
            """
    )
    var level = "info"

    @Option(
        name: .customLong("log.format"),
        help: "Output format of log messages. One of: logfmt, json."
    )
    var format = LogFormat.logfmt

    func validate() throws {
        guard Logger.Level(exporterName: level) != nil else {
            throw ValidationError(
                "unknown log level \"\(level)\": expected debug, info, warn or error"
            )
        }
    }

    /// A logger that writes to standard error, and the counters of its messages for the metrics.
    func logger() -> (Logger, LogCounts) {
        let counts = LogCounts()
        let level = Logger.Level(exporterName: level) ?? .info
        let logger = Logger(label: "graphwarden") { [format] _ in
            StandardErrorLogHandler(level: level, format: format, counts: counts)
        }
        return (logger, counts)
    }
}

extension LogFormat: ExpressibleByArgument {}
