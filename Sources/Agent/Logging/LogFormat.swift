import GoText
package import Logging

/// The two log formats of Prometheus' exporters.
package enum LogFormat: String, Sendable, CaseIterable {
    case logfmt
    case json

    /// One line without a newline. Both formats have the same keys: `ts`, `level`, `msg`, then the
    /// metadata sorted by key. Long values are cut, and characters that are unsafe to show appear
    /// as escapes.
    package func line(
        timestamp: String,
        level: Logger.Level,
        message: String,
        fields: [(String, String)]
    ) -> String {
        let head = [
            ("ts", timestamp), ("level", level.exporterName),
            ("msg", message.cut(atMost: String.displayedTextMaximum)),
        ]
        let all = head + fields.sorted { $0.0 < $1.0 }.map { ($0, Self.cut($1, of: $0)) }
        switch self {
        case .logfmt:
            return all.map { "\($0)=\(Self.logfmtValue($1))" }.joined(separator: " ")
        case .json:
            let members = all.map { "\(Self.quoted($0)):\(Self.quoted($1))" }
            return "{" + members.joined(separator: ",") + "}"
        }
    }

    private static let identifiers: Set = [
        "alertname", "fingerprint", "graph_id", "graph_name", "intent", "job_id",
    ]

    private static func cut(_ value: String, of key: String) -> String {
        let isIdentifier = identifiers.contains(key)
        return value.cut(
            atMost: isIdentifier ? String.displayedIdentifierMaximum : String.displayedTextMaximum
        )
    }

    private static func logfmtValue(_ value: String) -> String {
        let needsQuotes =
            value.isEmpty
            || value.unicodeScalars.contains {
                $0 == " " || $0 == "\"" || $0 == "=" || $0 == "\\" || $0.isUnsafeToShow
            }
        return needsQuotes ? quoted(value) : value
    }

    /// JSON's string form; logfmt readers accept the same escapes.
    private static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case _ where scalar.isUnsafeToShow: out += scalar.unicodeEscape
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}

extension Logger.Level {
    /// The exporters have four levels; swift-log's finer ones map to them.
    package var exporterName: String {
        switch self {
        case .trace, .debug: "debug"
        case .info, .notice: "info"
        case .warning: "warn"
        case .error, .critical: "error"
        }
    }

    /// Parses the value of `--log.level`.
    package init?(exporterName: String) {
        switch exporterName {
        case "debug": self = .debug
        case "info": self = .info
        case "warn": self = .warning
        case "error": self = .error
        default: return nil
        }
    }
}
