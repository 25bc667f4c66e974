import Cycle
import Exposition
package import Time

/// A metric family that the agent can expose.
package struct MetricReference: Hashable, Sendable {
    package let name: String
    package let type: String
    package let unit: String
    package let labels: [String]
    /// `agent`, or the tier of a metric of the graphs.
    package let set: String
    package let help: String

    /// All families, sorted by name.
    ///
    /// - Parameter now: does not matter.
    package static func all(at now: Timestamp) -> [MetricReference] {
        let graphs = GraphMetric.allCases.filter { !$0.isSummaryTotal }.map { metric in
            MetricReference(
                name: metric.rawValue,
                type: metric.type,
                unit: metric.unit ?? "",
                labels: metric.labelNames,
                set: metric.tier.rawValue,
                help: metric.help
            )
        }
        let agent = MetricCatalog.all.map { MetricReference($0.family([])) }
        let others = ProcessFamilies.all(now) + [BuildInformation.current.family]
        return (graphs + agent + others.map(MetricReference.init)).sorted { $0.name < $1.name }
    }
}

extension MetricReference {
    /// A family of the agent itself.
    private init(_ family: MetricFamily) {
        self.init(
            name: family.name,
            type: family.kind.rawValue,
            unit: family.unit ?? "",
            labels: family.labelNames,
            set: MetricExposure.agentSet,
            help: family.help
        )
    }
}
