import Workbench

/// Everything that reads text from outside.
enum Targets {
    static let all: [Target] = [
        json, promQL, seriesNotation, regularExpression, template, yaml, configuration, rules,
        ruleTests, scenario, webConfiguration, time, zone, openMetrics, encodings, log, ges, etcd,
        records, webhook, listener, client, check,
    ]

    static func named(_ name: String) throws -> Target {
        guard let target = all.first(where: { $0.name == name }) else {
            throw BenchError(
                "no target \(name); there are " + all.map(\.name).joined(separator: ", ")
            )
        }
        return target
    }
}
