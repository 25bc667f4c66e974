/// When a graph counts as healthy again after a restart.
package struct Verification: Hashable, Sendable {
    /// Consecutive answered probes, each newer than the one before.
    package var probes: Int = 5
    package var within: Duration = .seconds(20 * 60)

    package init() {}

    package init(probes: Int, within: Duration) {
        self.probes = probes
        self.within = within
    }
}
