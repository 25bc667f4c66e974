/// When a graph counts as healthy again after a restart. Status 200 alone does not prove it: a
/// hung graph shows 200 too.
package struct Verification: Hashable, Sendable {
    /// How many probes in a row must be answered, each newer than the one before.
    package var probes: Int = 5
    /// How long that may take, measured from the moment at which the graph runs again.
    package var within: Duration = .seconds(20 * 60)

    package init() {}

    package init(probes: Int, within: Duration) {
        self.probes = probes
        self.within = within
    }
}
