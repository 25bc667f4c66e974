import PromQL
import Rules
import Time

/// Finds rules whose windows are too short for the interval between samples.
enum RuleWindowCheck {
    /// One message per rule.
    ///
    /// - Parameter interval: between two samples of a series.
    static func findings(_ files: [RuleFile], interval: Duration, lookback: Duration) -> [String] {
        files.flatMap { file in
            file.groups.flatMap { group in
                group.rules.compactMap { rule in
                    finding(rule.expression, interval: interval, lookback: lookback).map {
                        "\(file.path): group \"\(group.name)\", \"\(rule.name)\" \($0)"
                    }
                }
            }
        }
    }

    private static func finding(
        _ expression: Expression,
        interval: Duration,
        lookback: Duration
    ) -> String? {
        switch expression {
        case .vectorSelector(let selector) where interval >= lookback:
            return "reads \(selector.name.isEmpty ? "series" : selector.name), whose value is lost"
                + " \(PrometheusDuration.format(lookback)) after a sample"
        case .matrixSelector(let selector):
            return shortage(selector, of: 1, interval)
        case .call(let call) where call.function.comparesSamples:
            for case .matrixSelector(let selector) in call.arguments.map(\.unwrapped) {
                if let shortage = shortage(selector, of: 2, interval) { return shortage }
            }
        case .subquery:
            return nil
        default: break
        }
        for child in expression.children {
            if let found = finding(child, interval: interval, lookback: lookback) { return found }
        }
        return nil
    }

    private static func shortage(
        _ selector: MatrixSelector,
        of samples: Int,
        _ interval: Duration
    ) -> String? {
        guard case .fixed(let milliseconds) = selector.range,
            .milliseconds(milliseconds) < interval * samples
        else { return nil }
        let range = PrometheusDuration.format(.milliseconds(milliseconds))
        return "needs \(samples == 1 ? "a sample" : "\(samples) samples") within \(range)"
    }
}

extension Function {
    /// Whether the function has no result for a single sample.
    fileprivate var comparesSamples: Bool {
        switch self {
        case .rate, .increase, .delta, .irate, .idelta, .deriv, .predictLinear,
            .doubleExponentialSmoothing, .changes, .resets:
            true
        default: false
        }
    }
}
