import API
import Agent
import ArgumentParser

/// The language of rules and queries, and what a query may cost: Prometheus' flags.
struct QueryFlags: ParsableArguments {
    @OptionGroup var language: LanguageFlags

    @Option(name: .customLong("query.timeout"), help: "How long a query may take.")
    var timeout = DurationArgument(duration: .seconds(120), text: "2m")

    @Option(name: .customLong("query.max-concurrency"), help: "How many queries run at a time.")
    var maximumConcurrency = QueryOptions().maximumConcurrency

    @Option(
        name: .customLong("query.max-samples"),
        help: "How many samples a query may load."
    )
    var maximumSamples = QueryOptions().maximumSamples

    @Option(
        name: .customLong("query.lookback-delta"),
        help: "How old a sample may be to count as the current value."
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
