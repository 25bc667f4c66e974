package import PromQL
package import Rules
package import Series
package import Time

/// A fleet's series in a store, and the rules over them.
package struct EvaluatedFleet {
    package let fleet: Fleet
    package private(set) var store: SeriesStore
    package private(set) var rules: RuleEngine
    package let engine: Engine
    private var references: [SeriesReference] = []
    /// The time of the newest samples, in seconds since 1970.
    package private(set) var newest: Int64

    package init(_ fleet: Fleet) throws(FleetRules.Unreadable) {
        self.fleet = fleet
        var options = EngineOptions()
        options.compatibility = .version2
        engine = Engine(options: options)
        store = SeriesStore(
            retention: .seconds(Fleet.hourSeconds),
            // The rules create series too.
            maximumSeries: 2 * fleet.seriesCount + 1000
        )
        rules = RuleEngine(
            files: [try FleetRules.file()],
            options: RuleEngine.Options(interval: .seconds(15)),
            engine: engine
        )
        newest = fleet.origin - Fleet.intervalSeconds
        references = (0..<fleet.seriesCount).compactMap {
            store.reference(for: fleet.labels(of: $0))
        }
    }

    /// Appends the samples up to `time`, in seconds since 1970.
    package mutating func append(through time: Int64) {
        while newest + Fleet.intervalSeconds <= time {
            newest += Fleet.intervalSeconds
            let timestamp = Timestamp(milliseconds: newest * 1000)
            for (index, reference) in references.enumerated() {
                store.append(to: reference, fleet.value(of: index, at: newest), at: timestamp)
            }
        }
    }

    /// Evaluates every rule once. Returns the errors, which should be none.
    package mutating func evaluate(at time: Timestamp) -> [String] {
        let report = rules.evaluateAll(at: time, store: &store)
        return report.groups.flatMap(\.rules).compactMap(\.error)
    }

    package func query(_ expression: Expression, at time: Timestamp) throws -> Value {
        try engine.instant(expression, at: time, in: store)
    }
}
