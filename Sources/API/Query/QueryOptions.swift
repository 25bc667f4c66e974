package import PromQL

/// How queries and rules are read and evaluated, and what a query may cost. The names are those of
/// Prometheus' flags; the defaults are smaller where a query would otherwise be able to take the
/// machine from the cycle.
package struct QueryOptions: Sendable, Hashable {
    /// Which parts of the language are understood: those that the features switch on.
    package var parser = ParserOptions()
    package var version = LanguageVersion.v3
    package var delaysNameRemoval = false
    package var lookback = Duration.seconds(300)
    package var timeout = Duration.seconds(120)
    package var maximumConcurrency = 2
    /// Of a query; with the text of its answer some 250 MB, and that as often as there are queries
    /// at a time.
    package var maximumSamples = 2_000_000
    /// Of a rule, which has no answer to write.
    package var maximumRuleSamples = 10_000_000

    package init() {}

    package var compatibility: EngineOptions.Compatibility {
        version == .v2 ? .version2 : .version3
    }

    /// As the language stands in the range API of Prometheus: the first point and 11,000 steps.
    package static let maximumSteps = 11_001

    /// - Parameter evaluationInterval: the step of subqueries that name none.
    package func engine(evaluationInterval: Duration) -> EngineOptions {
        var options = EngineOptions()
        options.lookback = lookback
        options.defaultSubqueryStep = evaluationInterval
        options.compatibility = compatibility
        options.delaysNameRemoval = delaysNameRemoval
        options.maximumSamples = maximumSamples
        options.maximumSteps = Self.maximumSteps
        return options
    }
}

/// Whose rules hold where versions of the language differ.
package enum LanguageVersion: String, CaseIterable, Sendable {
    /// As before Prometheus 3: ranges and the lookback are closed on both sides.
    case v2
    case v3
}

/// What `--enable-feature` switches on, under Prometheus' names.
package enum LanguageFeature: String, CaseIterable, Sendable {
    case experimentalFunctions = "promql-experimental-functions"
    case delayedNameRemoval = "promql-delayed-name-removal"
    case extendedRangeSelectors = "promql-extended-range-selectors"
    case fillModifiers = "promql-binop-fill-modifiers"
    /// Part of the language by now: allowed, and without effect.
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
