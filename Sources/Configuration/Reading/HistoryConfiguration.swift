/// The section `history`: which samples survive a restart of the agent.
package struct HistoryConfiguration: Sendable, Hashable {
    /// Zero keeps none on disk.
    package var retention = Duration.seconds(30 * 86_400)
    package var maximumBytes = 1 << 30

    package init() {}

    package var isKept: Bool { retention > .zero }
}
