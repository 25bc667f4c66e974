import PromQL

extension RuleFile {
    /// How far back the rules of the file read samples, query offsets included: the minimum
    /// retention of the store. `lookback` is the lookback delta of instant selectors.
    package func reach(lookback: Duration) -> Duration {
        groups.flatMap { group in
            group.rules.map { rule in
                rule.expression.reach(lookback: lookback) + (group.queryOffset ?? .zero)
            }
        }.max() ?? .zero
    }
}
