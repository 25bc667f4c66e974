package import Remediation

/// What the person who rehearses chose.
package struct RehearsalSettings: Sendable {
    /// The tag that a graph must have to be restarted.
    package struct Tag: Hashable, Sendable, CustomStringConvertible {
        package let key: String
        package let value: String

        /// Nil unless the text is `KEY=VALUE`.
        package init?(_ text: String) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
            key = String(parts[0])
            value = String(parts[1])
        }

        private init(key: String, value: String) {
            self.key = key
            self.value = value
        }

        package static let standard = Tag(key: "graphwarden-rehearsal", value: "expendable")

        package var description: String { "\(key)=\(value)" }

        /// Whether the graph has exactly this tag.
        func marks(_ tags: [String: String]) -> Bool { tags[key] == value }
    }

    package var tag = Tag.standard
    /// Those that shorten the observation before the restart.
    package var overrides: Set<Override> = []
    /// Who rehearses, for the record.
    package var by = ""
    package var storagePath = "data"
    /// Whether a restart is sent.
    package var sends = true

    package init() {}

    /// Every other gate must be open.
    package static let permittedOverrides: Set<Override> = [.startupGrace, .stateChangeGrace]
}
