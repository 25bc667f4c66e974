import PromQL
import Series

/// How far back the first samples of recorded series would have to look. After a start of the
/// process, a recording rule such as `avg_over_time(m[10m])` has results before there are samples
/// of ten minutes.
struct RecordedReach: Sendable {
    private var byMetric: [String: Duration] = [:]

    init(_ rules: [Rule]) {
        let recordings = rules.compactMap { rule in
            if case .recording(let recording) = rule { recording } else { nil }
        }
        // Recorded series of recorded series add up, in whatever order the rules stand. Rules that
        // refer to each other in a circle end at the limit.
        var isChanged = !recordings.isEmpty
        while isChanged {
            isChanged = false
            for recording in recordings {
                let inner = recording.expression.selectors.map { self[$0] }.max() ?? .zero
                let reach = min(
                    recording.expression.reach(lookback: .zero) + inner,
                    RuleEngine.outageTolerance
                )
                guard reach > byMetric[recording.name] ?? .zero else { continue }
                byMetric[recording.name] = reach
                isChanged = true
            }
        }
    }

    /// Zero for series that no rule records.
    subscript(selector: VectorSelector) -> Duration {
        selector.metric.flatMap { byMetric[$0] } ?? .zero
    }
}
