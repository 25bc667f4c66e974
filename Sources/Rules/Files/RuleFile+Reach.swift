import PromQL

extension RuleFile {
    /// How far back the rules of the file look, query offsets included; a bare selector looks back
    /// by `lookback`.
    package func reach(lookback: Duration) -> Duration {
        groups.flatMap { group in
            group.rules.map { rule in
                rule.expression.reach(lookback: lookback) + (group.queryOffset ?? .zero)
            }
        }.max() ?? .zero
    }
}
