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

    /// The reason of the order, by which a later process knows its restart.
    package static let reason = "rehearsal on the real service"

    /// Every other gate must be open.
    package static let permittedOverrides: Set<Override> = [.startupGrace, .stateChangeGrace]
}

extension Intent {
    /// Whether it is the restart of a rehearsal: ordered by a person, under mode `shadow`. Whatever
    /// else a ledger has in progress is for the agent, which knows every entry and the ladder.
    package var isRehearsal: Bool {
        guard case .person = source else { return false }
        return action == .restart && reason == RehearsalSettings.reason && mode == .shadow
    }
}

extension RestartRequest {
    var isRehearsal: Bool {
        guard case .person = source else { return false }
        return reason == RehearsalSettings.reason
    }
}
