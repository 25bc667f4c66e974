import API
import Agent
import ArgumentParser

/// Flags for the query language and the query limits, named as in Prometheus. The defaults are
/// lower than Prometheus' where the agent's memory budget requires it.
struct QueryFlags: ParsableArguments {
    @OptionGroup var language: LanguageFlags

    @Option(
        name: .customLong("query.timeout"),
        help: "Maximum time a query may take before being aborted."
    )
    var timeout = DurationArgument(duration: .seconds(120), text: "2m")

    @Option(
        name: .customLong("query.max-concurrency"),
        help: "Maximum number of queries executed concurrently."
    )
    var maximumConcurrency = QueryOptions().maximumConcurrency

    @Option(
        name: .customLong("query.max-samples"),
        help: "Maximum number of samples a single query can load into memory."
    )
    var maximumSamples = QueryOptions().maximumSamples

    @Option(
        name: .customLong("query.lookback-delta"),
        help: "Maximum lookback duration for retrieving samples during expression evaluations."
    )
    var lookback = DurationArgument(duration: .seconds(300), text: "5m")

    func validate() throws {
        guard maximumConcurrency > 0, maximumSamples > 0 else {
            throw ValidationError(
                "--query.max-concurrency and --query.max-samples must be above 0"
            )
        }
    }

    var options: QueryOptions {
        var options = language.options
        options.timeout = timeout.duration
        options.maximumConcurrency = maximumConcurrency
        options.maximumSamples = maximumSamples
        options.lookback = lookback.duration
        return options
    }
}
