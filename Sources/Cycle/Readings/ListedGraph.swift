/// A graph as the management plane lists it: the part that decisions and metrics need.
package struct ListedGraph: Hashable, Sendable {
    package var id: String
    package var name: String
    package var status: Status
    package var tags: [String: String]
    /// Of its software; empty when not said.
    package var version: String
    /// The index of its edition: `1` a million edges, `2` ten million, and so on.
    package var size: String
    /// `InMemory` or `Persistence`; empty when not said.
    package var edition: String

    package init(
        id: String,
        name: String,
        status: Status,
        tags: [String: String] = [:],
        version: String = "",
        size: String = "",
        edition: String = ""
    ) {
        self.id = id
        self.name = name
        self.status = status
        self.tags = tags
        self.version = version
        self.size = size
        self.edition = edition
    }

    /// What the service says of the graph's state.
    package struct Status: Hashable, Sendable, CustomStringConvertible {
        /// As GES writes it, such as `200`. The list of codes is open.
        package var code: String
        package var phase: Phase
        /// The code with the console's word for it, such as `200 (Running)`.
        package var description: String

        package init(code: String, phase: Phase, description: String) {
            self.code = code
            self.phase = phase
            self.description = description
        }
    }

    /// Values of the metric label `phase`.
    package enum Phase: String, Hashable, Sendable, CaseIterable {
        case running, transitional, degraded, faulty, stopped, frozen, deleted, unknown
    }
}
