import Agent
import ArgumentParser

/// The language of rules and queries, and what a query may cost: Prometheus' flags.
struct QueryFlags: ParsableArguments {
    @Option(
        name: .customLong("promql-compat"),
        help: """
            Whose PromQL holds where versions differ: v3, or v2 for closed ranges as before \
            Prometheus 3.
            """
    )
    var version = LanguageVersion.v3

    @Option(
        name: .customLong("enable-feature"),
        help: "Comma separated names of features, as in Prometheus. Repeatable."
    )
    var features: [String] = []

    @Option(name: .customLong("query.timeout"), help: "How long a query may take.")
    var timeout = DurationArgument(duration: .seconds(120), text: "2m")

    @Option(name: .customLong("query.max-concurrency"), help: "How many queries run at a time.")
    var maximumConcurrency = QueryOptions().maximumConcurrency

    @Option(
        name: .customLong("query.max-samples"),
        help: "How many samples a query, or a rule, may load."
    )
    var maximumSamples = QueryOptions().maximumSamples

    @Option(
        name: .customLong("query.lookback-delta"),
        help: "How old a sample may be to count as the current value."
    )
    var lookback = DurationArgument(duration: .seconds(300), text: "5m")

    func validate() throws {
        for name in featureNames where LanguageFeature(rawValue: name) == nil {
            let known = LanguageFeature.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("unknown feature \"\(name)\"; known are \(known)")
        }
        guard maximumConcurrency > 0, maximumSamples > 0 else {
            throw ValidationError(
                "--query.max-concurrency and --query.max-samples must be above 0"
            )
        }
    }

    private var featureNames: [String] {
        features.flatMap { $0.split(separator: ",") }.map { String($0.filter { $0 != " " }) }
    }

    var options: QueryOptions {
        var options = QueryOptions()
        options.version = version
        options.timeout = timeout.duration
        options.maximumConcurrency = maximumConcurrency
        options.maximumSamples = maximumSamples
        options.lookback = lookback.duration
        for feature in featureNames.compactMap(LanguageFeature.init) {
            feature.enable(in: &options)
        }
        return options
    }
}

extension LanguageVersion: ExpressibleByArgument {}
