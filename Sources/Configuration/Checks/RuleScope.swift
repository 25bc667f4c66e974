import Cycle
import PromQL
import Rules
import Series

/// Static analysis: can a rule return a result about a given graph? Only matchers of `graph_id` and
/// `graph_name` exclude one. It errs towards yes.
struct RuleScope {
    /// The expressions that record each series.
    private let recorded: [String: [Expression]]

    /// Recorded series may be made of recorded series, also of themselves.
    private static let maximumDepth = 10

    init(_ files: [RuleFile]) {
        var recorded: [String: [Expression]] = [:]
        for case .recording(let rule) in files.flatMap(\.groups).flatMap(\.rules) {
            recorded[rule.name, default: []].append(rule.expression)
        }
        self.recorded = recorded
    }

    func mayReturn(_ graph: ListedGraph, _ expression: Expression) -> Bool {
        mayReturn(graph, expression, depth: 0)
    }

    private func mayReturn(_ graph: ListedGraph, _ expression: Expression, depth: Int) -> Bool {
        switch expression {
        case .number, .string: true
        case .vectorSelector(let selector): mayReturn(graph, selector, depth)
        case .matrixSelector(let selector): mayReturn(graph, selector.vector, depth)
        case .subquery(let subquery): mayReturn(graph, subquery.expression, depth: depth)
        case .parentheses(let inner): mayReturn(graph, inner.expression, depth: depth)
        case .unary(let unary): mayReturn(graph, unary.operand, depth: depth)
        case .binary(let binary):
            binary.steps.reduce(mayReturn(graph, binary.first, depth: depth)) { left, step in
                mayReturn(graph, left: left, step, depth)
            }
        // What aggregates, or is absent, over several graphs is about none of them.
        case .aggregation(let aggregation):
            !aggregation.keeps("graph_id")
                || mayReturn(graph, aggregation.expression, depth: depth)
        case .call(let call): mayReturn(graph, call, depth)
        }
    }

    private func mayReturn(_ graph: ListedGraph, _ selector: VectorSelector, _ depth: Int) -> Bool {
        for matcher in selector.matchers {
            let value: String? =
                switch matcher.name {
                case "graph_id": graph.id
                case "graph_name": graph.name
                default: nil
                }
            if let value, !matcher.matches(value) { return false }
        }
        guard depth < Self.maximumDepth, let sources = recorded[selector.name] else { return true }
        return sources.contains { mayReturn(graph, $0, depth: depth + 1) }
    }

    private func mayReturn(
        _ graph: ListedGraph,
        left: Bool,
        _ step: BinaryExpression.Step,
        _ depth: Int
    ) -> Bool {
        switch step.operation {
        case .or: return left || mayReturn(graph, step.operand, depth: depth)
        case .unless: return left
        default:
            // Elements that are not matched by graph say nothing about each other.
            guard step.matching.map({ $0.pairs("graph_id") }) ?? true else { return left }
            return left && mayReturn(graph, step.operand, depth: depth)
        }
    }

    private func mayReturn(_ graph: ListedGraph, _ call: FunctionCall, _ depth: Int) -> Bool {
        switch call.function {
        case .absent, .absentOverTime, .labelReplace, .labelJoin, .info, .vector, .scalar: true
        default: call.arguments.allSatisfy { mayReturn(graph, $0, depth: depth) }
        }
    }
}

extension Aggregation {
    fileprivate func keeps(_ label: String) -> Bool { grouping.contains(label) != isWithout }
}

extension VectorMatching {
    fileprivate func pairs(_ label: String) -> Bool { labels.contains(label) == isOn }
}
