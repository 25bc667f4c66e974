package import Time

/// What the page of the agent shows and its status does not hold.
package struct AgentFacts: Sendable, Hashable {
    /// A limit, and how much of it is used.
    package struct Limit: Sendable, Hashable {
        package var name: String
        package var used: Int
        package var limit: Int

        package init(_ name: String, used: Int, limit: Int) {
            self.name = name
            self.used = used
            self.limit = limit
        }
    }

    package var revision = ""
    package var branch = ""
    package var swiftVersion = ""
    package var platform = ""
    package var startedAt: Timestamp?
    package var limits: [Limit] = []

    package init() {}
}
