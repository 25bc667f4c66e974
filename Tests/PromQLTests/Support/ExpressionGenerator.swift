import PromQL
import TestSupport

/// Generates random well-typed expressions with varied spelling.
struct ExpressionGenerator {
    var random: SeededRandom
    private let metrics = ["a", "b", "c", "up"]

    init(seed: Int) {
        random = SeededRandom(seed: seed)
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &random)]
    }

    mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &random) < percent
    }

    mutating func vector(_ depth: Int) -> String {
        guard depth > 0 else { return selector() + modifiers() }
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return selector() + modifiers()
        case 1: return "(\(space())\(vector(depth - 1)) )"
        case 2: return pick(["-", "+"]) + space() + vector(depth - 1)
        case 3: return aggregation(depth)
        case 4, 5: return function(depth)
        case 6: return rangeFunction(depth)
        case 7: return setOperation(depth)
        default: return arithmetic(depth)
        }
    }

    mutating func scalar(_ depth: Int) -> String {
        guard depth > 0 else {
            return pick(["1", "0.5", "2", "-3", "1e3", "0x10", "5m", "010", "Inf", ".25", "1_000"])
        }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return "scalar(\(vector(depth - 1)))"
        case 1: return "(\(scalar(depth - 1)) \(pick(["+", "-", "*", "^"])) \(scalar(depth - 1)))"
        case 2: return "(\(scalar(depth - 1)) >bool \(scalar(depth - 1)))"
        default: return pick(["time()", "pi()", "1", "NaN"])
        }
    }

    private mutating func space() -> String { pick(["", " ", "  ", "\n"]) }

    private mutating func selector() -> String {
        let conditions = [
            #"x="1""#, #"x=~"1|2""#, #"y!='p'"#, #"y !~ "q.*""#, #""z z"="""#, "x=`2`",
        ]
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return pick(metrics)
        case 1: return "{__name__=\"\(pick(metrics))\", \(pick(conditions)),}"
        case 2: return "{\"\(pick(metrics))\"}"
        default: return "\(pick(metrics)){\(pick(conditions)),\(pick(conditions))}"
        }
    }

    private mutating func modifiers() -> String {
        var text = ""
        if chance(15) { text += pick([" offset 1m", " offset -30s", " OFFSET (1m + 30s)"]) }
        if chance(10) { text += pick([" @ 300", " @ start()", " @ end()"]) }
        return text
    }

    private mutating func range(_ depth: Int) -> String {
        if depth > 1, chance(30) {
            return "(\(vector(depth - 1)))" + pick(["[3m:1m]", "[2m:]", "[200:40]"]) + modifiers()
        }
        return selector() + pick(["[2m]", "[5m]", "[90s]", "[1m*3]", "[ 150 ]"]) + modifiers()
    }

    private mutating func labels() -> String {
        pick(["()", "(x)", "(y, x)", "(x,)", #"("z z")"#, "(missing)"])
    }

    private mutating func aggregation(_ depth: Int) -> String {
        let name = pick(["sum", "AVG", "count", "min", "max", "group", "stddev", "stdvar"])
        let inner = vector(depth - 1)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return "\(name)(\(inner))"
        case 1: return "\(name) by \(labels()) (\(inner))"
        case 2: return "\(name)(\(inner)) without\(labels())"
        case 3: return "quantile by (x) (\(scalar(depth - 1)), \(inner))"
        default: return "count_values(\"v\", \(inner))"
        }
    }

    private mutating func function(_ depth: Int) -> String {
        let inner = vector(depth - 1)
        switch Int.random(in: 0..<7, using: &random) {
        case 0: return "clamp(\(inner), \(scalar(0)), \(scalar(depth - 1)))"
        case 1: return "round(\(inner), 0.1)"
        case 2: return "vector(\(scalar(depth - 1)))"
        case 3: return #"label_replace(\#(inner), "n", "v$1", "x", "(.*)")"#
        case 4: return "absent(\(inner))"
        case 5: return "timestamp(\(inner))"
        default: return pick(["abs", "ceil", "sgn", "exp", "hour", "sqrt"]) + "(\(inner))"
        }
    }

    private mutating func rangeFunction(_ depth: Int) -> String {
        let name = pick([
            "rate", "increase", "delta", "changes", "resets", "avg_over_time", "sum_over_time",
            "max_over_time", "last_over_time", "count_over_time", "deriv", "stddev_over_time",
        ])
        if chance(10) { return "quantile_over_time(\(scalar(0)), \(range(depth)))" }
        if chance(10) { return "predict_linear(\(range(depth)), \(scalar(depth - 1)))" }
        return "\(name)(\(range(depth)))"
    }

    private mutating func setOperation(_ depth: Int) -> String {
        let matching = pick(["", " on\(labels())", " ignoring \(labels())"])
        let name = pick(["and", "or", "unless", "AND"])
        // Without parentheses the matching could apply to a part that is a scalar.
        return "(\(vector(depth - 1))) \(name)\(matching) (\(vector(depth - 1)))"
    }

    private mutating func arithmetic(_ depth: Int) -> String {
        let operation = pick(["+", "-", "*", "/", "%", "^", "atan2", "==", "!=", "<", ">="])
        let isComparison = ["==", "!=", "<", ">="].contains(operation)
        let bool = isComparison && chance(30) ? " bool" : ""
        switch Int.random(in: 0..<3, using: &random) {
        case 0: return "\(vector(depth - 1)) \(operation)\(bool) \(scalar(depth - 1))"
        case 1:
            let (left, right) = (scalar(depth - 1), vector(depth - 1))
            // Without parentheses `1 == 2 < a` would compare the two scalars.
            return "\(left) \(operation)\(bool) \(isComparison ? "(\(right))" : right)"
        default:
            let matching = pick([
                "", " on (x)", " ignoring(y)", " on(x) group_left()",
                " ignoring (y) group_right (y)",
            ])
            let (left, right) = (vector(depth - 1), vector(depth - 1))
            return "(\(left)) \(operation)\(bool)\(matching) (\(right))"
        }
    }
}
