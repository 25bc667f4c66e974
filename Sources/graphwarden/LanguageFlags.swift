import API
import Agent
import ArgumentParser

/// Flags that select the version and features of PromQL. Every command that reads rules has them,
/// so that rules are checked and tested as they will be evaluated.
struct LanguageFlags: ParsableArguments {
    @Option(
        name: .customLong("promql-compat"),
        help: """
            Version of PromQL to evaluate: v3, or v2 for ranges that include both ends, as before \
            Prometheus 3.
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

    private var featureNames: [String] {
        features.flatMap { $0.split(separator: ",") }.map { String($0.filter { $0 != " " }) }
    }

    /// Query options with defaults for everything else.
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
