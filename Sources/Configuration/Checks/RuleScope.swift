import Cycle
import PromQL
import Rules
import Series

/// Static analysis: can a rule return a result about a given graph? Only matchers of `graph_id` and
/// `graph_name` exclude one. It errs towards yes.
struct RuleScope {
    private let graph: ListedGraph
    /// The expressions that record each series.
    private let recorded: [String: [Expression]]
    /// What is known of recorded series. One that is made of itself counts as yes meanwhile.
    private var known: [String: Bool] = [:]

    init(_ recorded: [String: [Expression]], graph: ListedGraph) {
        self.recorded = recorded
        self.graph = graph
    }

    /// The expressions that record each series, by its name.
    static func recorded(_ files: [RuleFile]) -> [String: [Expression]] {
        var recorded: [String: [Expression]] = [:]
        for case .recording(let rule) in files.flatMap(\.groups).flatMap(\.rules) {
            recorded[rule.name, default: []].append(rule.expression)
        }
        return recorded
    }

    mutating func mayReturn(_ expression: Expression) -> Bool {
        switch expression {
        case .number, .string: true
        case .vectorSelector(let selector): mayReturn(selector)
        case .matrixSelector(let selector): mayReturn(selector.vector)
        case .subquery(let subquery): mayReturn(subquery.expression)
        case .parentheses(let inner): mayReturn(inner.expression)
        case .unary(let unary): mayReturn(unary.operand)
        case .binary(let binary): mayReturn(binary)
        // What aggregates, or is absent, over several graphs is about none of them.
        case .aggregation(let aggregation):
            !aggregation.keeps("graph_id") || mayReturn(aggregation.expression)
        case .call(let call): mayReturn(call)
        }
    }

    private mutating func mayReturn(_ selector: VectorSelector) -> Bool {
        for matcher in selector.matchers {
            let value: String? =
                switch matcher.name {
                case "graph_id": graph.id
                case "graph_name": graph.name
                default: nil
                }
            if let value, !matcher.matches(value) { return false }
        }
        let name = selector.name
        guard let sources = recorded[name] else { return true }
        if let answer = known[name] { return answer }
        known[name] = true
        var answer = false
        for source in sources where !answer { answer = mayReturn(source) }
        known[name] = answer
        return answer
    }

    private mutating func mayReturn(_ binary: BinaryExpression) -> Bool {
        var left = mayReturn(binary.first)
        for step in binary.steps {
            let right = mayReturn(step.operand)
            switch step.operation {
            case .or: left = left || right
            case .unless: break
            default:
                // Elements that are not matched by graph say nothing about each other, and the
                // result is about the graph of the side that keeps its labels.
                if step.matching.map({ $0.pairs("graph_id") }) ?? true {
                    left = left && right
                } else if step.matching?.cardinality == .oneToMany {
                    left = right
                }
            }
        }
        return left
    }

    private mutating func mayReturn(_ call: FunctionCall) -> Bool {
        switch call.function {
        case .absent, .absentOverTime, .labelReplace, .labelJoin, .info, .vector, .scalar:
            return true
        default:
            for argument in call.arguments where !mayReturn(argument) { return false }
            return true
        }
    }
}

extension Aggregation {
    fileprivate func keeps(_ label: String) -> Bool { grouping.contains(label) != isWithout }
}

extension VectorMatching {
    fileprivate func pairs(_ label: String) -> Bool { labels.contains(label) == isOn }
}
