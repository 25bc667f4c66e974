import Workbench

/// What each graph costs in a large fleet, beside a small one.
package enum GrowthRows {
    private static let small = 100
    private static let large = 10_000

    /// How much more a graph may cost in the large fleet: 1.5 times.
    static let bound = 1 / 1.5

    package static func rules(rounds: Int, cycles: Int) throws -> [Row] {
        var (ours, theirs): ([RuleGrowth], [RuleGrowth]) = ([], [])
        for _ in 0..<rounds {
            ours.append(try RuleGrowth.measure(graphs: large, cycles: cycles))
            theirs.append(try RuleGrowth.measure(graphs: small, cycles: cycles))
        }
        return [
            row(
                "12 rules over 10,000 graphs, CPU",
                "ns/series",
                ours,
                theirs,
                \.nanosecondsEach.median
            ),
            row("memory of their series, an hour", "B/series", ours, theirs, \.bytesEach),
        ]
    }

    private static func row(
        _ name: String,
        _ unit: String,
        _ ours: [RuleGrowth],
        _ theirs: [RuleGrowth],
        _ figure: (RuleGrowth) -> Double
    ) -> Row {
        Row(
            name,
            unit: unit,
            anchor: "itself with 100 graphs",
            atLeast: bound,
            ours: Distribution(ours.map(figure)),
            theirs: Distribution(theirs.map(figure))
        )
    }
}
