package import Time

/// What the page of the agent shows and its status does not hold.
package struct AgentFacts: Sendable, Hashable {
    package var revision = ""
    package var branch = ""
    package var swiftVersion = ""
    package var platform = ""
    package var startedAt: Timestamp?

    package init() {}
}
