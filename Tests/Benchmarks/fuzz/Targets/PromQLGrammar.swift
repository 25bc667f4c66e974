import PromQL
import TestSupport
import Workbench

/// Random texts that follow the grammar of expressions, but not its type rules.
struct Grammar {
    var random: SeededRandom
    /// The remaining size, so that every text is finite.
    private var budget = 40

    init(random: SeededRandom) {
        self.random = random
    }

    private static let functions = Function.allCases.map(\.rawValue)

    mutating func expression() -> String {
        budget -= 1
        guard budget > 0 else { return leaf() }
        switch random.number(below: 12) {
        case 0, 1: return leaf()
        case 2: return "(" + expression() + ")"
        case 3: return random.pick(["-", "+", "- "]) + expression()
        case 4: return aggregation()
        case 5, 6: return call()
        case 7: return expression() + range() + modifiers()
        case 8: return selector() + range() + modifiers()
        default: return expression() + operation() + expression()
        }
    }

    private mutating func leaf() -> String {
        random.chance(0.6) ? selector() + modifiers() : random.pick(Vocabulary.literals)
    }

    private mutating func selector() -> String {
        let name = random.chance(0.8) ? random.pick(Vocabulary.names) : ""
        guard name.isEmpty || random.chance(0.5) else { return name }
        let matchers = (0..<random.number(below: 3)).map { _ in
            random.pick(Vocabulary.names) + random.pick(["=", "!=", "=~", "!~"])
                + random.pick(Vocabulary.strings)
        }
        return name + "{" + matchers.joined(separator: ",") + random.pick(["", "", ","]) + "}"
    }

    private mutating func duration() -> String {
        random.pick(Vocabulary.durations)
            + (random.chance(0.1) ? random.pick(["+", "-", "*", "/", "%", "^"]) + duration() : "")
    }

    private mutating func range() -> String {
        random.chance(0.6)
            ? "[\(duration())]" : "[\(duration()):\(random.chance(0.5) ? duration() : "")]"
    }

    private mutating func modifiers() -> String {
        var text = ""
        if random.chance(0.15) { text += " offset " + random.pick(["", "-"]) + duration() }
        if random.chance(0.1) { text += " @ " + random.pick(["1", "-2.5", "start()", "end()"]) }
        if random.chance(0.03) { text += random.pick([" anchored", " smoothed"]) }
        return text
    }

    private mutating func labels() -> String {
        let names = (0..<random.number(below: 3)).map { _ in random.pick(Vocabulary.names) }
        return "(" + names.joined(separator: ", ") + random.pick(["", "", ","]) + ")"
    }

    private mutating func operation() -> String {
        var text = " " + random.pick(Vocabulary.operators)
        if random.chance(0.15) { text += " bool" }
        if random.chance(0.25) { text += random.pick([" on", " ignoring"]) + labels() }
        if random.chance(0.1) { text += random.pick([" group_left", " group_right"]) + labels() }
        if random.chance(0.04) {
            text += random.pick([" fill(0)", " fill_left(1) fill_right(-1)"])
        }
        return text + " "
    }

    private mutating func arguments() -> String {
        "(" + (0..<random.number(below: 3)).map { _ in expression() }.joined(separator: ", ") + ")"
    }

    private mutating func call() -> String {
        let name = random.pick(Self.functions)
        return random.chance(0.6) ? "\(name)(\(expression()))" : name + arguments()
    }

    private mutating func aggregation() -> String {
        let grouping =
            random.chance(0.4) ? random.pick([" by ", " without"]) + labels() : ""
        let body = random.chance(0.7) ? "(" + expression() + ")" : arguments()
        let name = random.pick(Vocabulary.aggregations)
        return random.chance(0.5) ? name + grouping + body : name + body + grouping
    }
}

/// The tokens of the texts.
enum Vocabulary {
    static let names = [
        "a", "up", "x:y", "job", "le", "__name__", "sum", "by", "offset", "inf", "bool", "start",
        "\"ü.b\"", "'a b'", "step", "and", "e", "NaN", "_",
    ]
    static let strings = [
        #""a""#, #"''"#, "`.*`", #""a|b""#, #""\xff\u00e9""#, #"'\'"'"#, "\"é\"", #""(a""#,
        #""\n\\""#, "\"日本\u{301}\"",
    ]
    static let durations = [
        "5m", "1h30m", "1", "0.5", "1y2w", "100ms", "step()", "0", "(1m)", "-1s",
    ]
    static let literals = [
        "1", "-0", "0x1F", "017", "1e3", ".5", "1_000", "Inf", "nan", "5m", "1d12h", "1e999",
        "9223372036854775807", "0.1e-320", #""text""#, "`raw`",
    ]
    static let operators = [
        "+", "-", "*", "/", "%", "^", "==", "!=", "<", "<=", ">", ">=", "and", "or", "unless",
        "atan2", "AND", "</", ">/",
    ]
    static let aggregations = [
        "sum", "avg", "count", "min", "max", "group", "stddev", "stdvar", "topk", "bottomk",
        "count_values", "quantile", "limitk", "limit_ratio", "SUM",
    ]
    /// For random token sequences: all of them, and punctuation.
    static let tokens =
        names + strings + durations + literals + operators + aggregations
        + Function.allCases.map(\.rawValue)
        + [
            "(", ")", "{", "}", "[", "]", ",", ":", ";", "@", "=", "!~", "=~", "#", "\n", " ", "\t",
            "on", "ignoring", "group_left", "group_right", "without", "offset", "anchored", "fill",
            "\"", "'", "`", "\\", "\u{0}", "\u{FFFD}", "🙂", "1.", "100..4", "0x", "1e", "..", "!",
        ]
}
