import API
import Agent
import ArgumentParser

/// Which PromQL is meant: the same flags wherever rules are read, so that a rule is checked and tested
/// as it will be evaluated.
struct LanguageFlags: ParsableArguments {
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

    func validate() throws {
        for name in featureNames where LanguageFeature(rawValue: name) == nil {
            let known = LanguageFeature.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("unknown feature \"\(name)\"; known are \(known)")
        }
    }

    private var featureNames: [String] {
        features.flatMap { $0.split(separator: ",") }.map { String($0.filter { $0 != " " }) }
    }

    /// With everything else as it is by default.
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
