import API
import Agent
import ArgumentParser
import PromQL

/// Flags that select the version and features of PromQL. All commands that read rules share them,
/// so that rules are checked and tested exactly as the agent evaluates them.
struct LanguageFlags: ParsableArguments {
    @Option(
        name: .customLong("promql-compat"),
        help: """
            PromQL version to evaluate: v3, or v2 for the behavior before Prometheus 3, in which \
            ranges include both ends.
            """
    )
    var version = LanguageVersion.v3

    @Option(
        name: .customLong("enable-feature"),
        help: "Comma separated feature names to enable, as in Prometheus. Repeatable."
    )
    var features: [String] = []

    func validate() throws {
        for name in featureNames where LanguageFeature(rawValue: name) == nil {
            let known = LanguageFeature.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("unknown feature \"\(name)\"; valid options: \(known)")
        }
    }

    /// Like Prometheus, accepts both repeated flags and comma-separated lists.
    private var featureNames: [String] {
        features.flatMap { $0.split(separator: ",") }.map { String($0.filter { $0 != " " }) }
    }

    /// Query options with these language settings and defaults for everything else.
    var options: QueryOptions {
        var options = QueryOptions()
        options.version = version
        for feature in featureNames.compactMap(LanguageFeature.init) {
            feature.enable(in: &options)
        }
        return options
    }
}

extension LanguageVersion: ExpressibleByArgument {}
