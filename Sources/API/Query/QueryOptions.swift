package import PromQL

/// How queries and rules are parsed and evaluated, and the limits of a query. Named after the flags
/// of Prometheus. Some defaults are lower than there, so that queries cannot starve the cycle.
package struct QueryOptions: Sendable, Hashable {
    /// The parts of the language that features enable.
    package var parser = ParserOptions()
    package var version = LanguageVersion.v3 {
        didSet { parser.allowsFormerFunctions = version == .v2 }
    }
    package var delaysNameRemoval = false
    package var lookback = Duration.seconds(300)
    package var timeout = Duration.seconds(120)
    package var maximumConcurrency = 2
    /// Samples that one query may load. At the default, a query takes up to 50 MB, and as
    /// much for labels and intermediate vectors, times `maximumConcurrency`. The text of a large
    /// response is made while it is sent.
    package var maximumSamples = 1_000_000
    /// Samples that one rule may load. Higher, because a rule has no response to write.
    package var maximumRuleSamples = 10_000_000

    package init() {}

    package var compatibility: EngineOptions.Compatibility {
        version == .v2 ? .version2 : .version3
    }

    /// - Parameter evaluationInterval: the default step of subqueries.
    package func engine(evaluationInterval: Duration) -> EngineOptions {
        var options = EngineOptions()
        options.lookback = lookback
        options.defaultSubqueryStep = evaluationInterval
        options.compatibility = compatibility
        options.delaysNameRemoval = delaysNameRemoval
        options.maximumSamples = maximumSamples
        return options
    }
}

/// The version of PromQL, where Prometheus 2 and 3 differ.
package enum LanguageVersion: String, CaseIterable, Sendable {
    /// Ranges and the lookback window include both ends. In v3 they exclude the start.
    case v2
    case v3
}

/// The values of `--enable-feature`, as in Prometheus.
package enum LanguageFeature: String, CaseIterable, Sendable {
    case experimentalFunctions = "promql-experimental-functions"
    case delayedNameRemoval = "promql-delayed-name-removal"
    case extendedRangeSelectors = "promql-extended-range-selectors"
    case fillModifiers = "promql-binop-fill-modifiers"
    /// Always enabled; accepted without effect.
    case durationExpressions = "promql-duration-expr"
    case atModifier = "promql-at-modifier"
    case negativeOffset = "promql-negative-offset"

    package func enable(in options: inout QueryOptions) {
        switch self {
        case .experimentalFunctions: options.parser.allowsExperimentalFunctions = true
        case .delayedNameRemoval: options.delaysNameRemoval = true
        case .extendedRangeSelectors: options.parser.allowsRangeExtensions = true
        case .fillModifiers: options.parser.allowsFillModifiers = true
        case .durationExpressions, .atModifier, .negativeOffset: break
        }
    }
}
