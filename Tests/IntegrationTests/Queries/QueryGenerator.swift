/// Writes queries about `RecordedFleet`: all that the language has, and some that are wrong.
struct QueryGenerator {
    private var dice: Dice

    init(seed: UInt64) {
        dice = Dice(seed: seed)
    }

    mutating func query() -> String {
        dice.isLucky(0.06) ? dice.pick(Self.mistakes) : vector(depth: dice.pick([1, 2, 2, 3]))
    }

    mutating func pick(_ texts: [String]) -> String { dice.pick(texts) }
    mutating func isLucky(_ probability: Double) -> Bool { dice.isLucky(probability) }

    // MARK: Selectors

    private static let metrics = [
        "queue_depth", "queries_total", "latency_seconds_bucket", "latency_seconds_count",
        "latency_seconds_sum", "graph_labels", "odd",
    ]
    private static let labels = ["graph", "region", "kind", "le", "version", "n", "missing"]

    private mutating func conditions(_ counts: [Int]) -> String {
        let conditions = (0..<dice.pick(counts)).map { _ in condition() }
        return conditions.isEmpty ? "" : "{" + conditions.joined(separator: ",") + "}"
    }

    private mutating func condition() -> String {
        let label = dice.pick(["graph", "region", "kind"])
        let values = ["graph": ["g0", "g1", "g9"], "region": ["north", "south"]]
        let value = dice.pick(values[label] ?? ["read", "write"])
        let patterns = [value, "g[0-2]", "n.*", ".*th", "|g1", "read|write", ".+"]
        return dice.isLucky(0.5)
            ? "\(label)\(dice.pick(["=", "!="]))\"\(value)\""
            : "\(label)\(dice.pick(["=~", "!~"]))\"\(dice.pick(patterns))\""
    }

    private mutating func modifiers() -> String {
        switch dice.number(below: 14) {
        case 0, 1: " offset " + dice.pick(["30s", "1m", "5m", "10m", "-2m", "17s"])
        case 2: " @ \(RecordedFleet.start + dice.pick([600, 1800, 3000]))"
        case 3: dice.pick([" @ start()", " @ end()"])
        default: ""
        }
    }

    private mutating func selector() -> String {
        dice.pick(Self.metrics) + conditions([0, 0, 1, 1, 2]) + modifiers()
    }

    private mutating func range() -> String {
        dice.pick(["30s", "1m", "2m", "5m", "47s", "15s", "10m", "1m30s"])
    }

    private mutating func matrix() -> String {
        dice.pick(Self.metrics) + conditions([0, 1]) + "[\(range())]" + modifiers()
    }

    // MARK: Functions

    private static let windowFunctions = [
        "avg_over_time", "sum_over_time", "min_over_time", "max_over_time", "count_over_time",
        "stddev_over_time", "stdvar_over_time", "last_over_time", "present_over_time", "rate",
        "increase", "delta", "irate", "idelta", "deriv", "changes", "resets",
        "absent_over_time",
    ]
    private static let vectorFunctions = [
        "abs", "ceil", "floor", "exp", "sqrt", "ln", "log2", "log10", "sgn", "round", "sort",
        "sort_desc", "timestamp", "absent", "sin", "cos", "tanh", "asinh", "atan", "deg", "rad",
    ]
    private static let dateFunctions = [
        "hour", "minute", "day_of_week", "day_of_month", "days_in_month", "month", "year",
        "day_of_year",
    ]

    private mutating func window() -> String {
        switch dice.number(below: 14) {
        case 0: "quantile_over_time(\(dice.pick(["0.5", "0.9", "0", "-1", "2"])), \(matrix()))"
        case 1: "predict_linear(\(matrix()), \(dice.pick(["60", "-30", "3600"])))"
        default: "\(dice.pick(Self.windowFunctions))(\(matrix()))"
        }
    }

    private mutating func subquery(_ depth: Int) -> String {
        let step = dice.pick(["", "15s", "30s", "1m", "7s"])
        return "\(dice.pick(Self.windowFunctions))"
            + "((\(vector(depth: depth - 1)))[\(range()):\(step)]\(modifiers()))"
    }

    private mutating func call(_ depth: Int) -> String {
        let inner = vector(depth: depth - 1)
        switch dice.number(below: 10) {
        case 0:
            let pattern = dice.pick(["(.*)", "g(.)", "n.*(h)"])
            let text = dice.pick(["$1", "x-$1", "", "${1}z"])
            return "label_replace(\(inner), \"\(dice.pick(["dst", "graph", "region"]))\", "
                + "\"\(text)\", \"\(dice.pick(["graph", "kind"]))\", \"\(pattern)\")"
        case 1: return "label_join(\(inner), \"j\", \"-\", \"graph\", \"region\")"
        case 2: return "clamp_min(\(inner), 1)"
        case 3: return "clamp(\(inner), \(dice.pick(["0, 5", "5, 0"])))"
        case 4, 5:
            let grouping = dice.pick(["", "sum by (le) ", "sum by (graph,le) "])
            return "histogram_quantile(\(dice.pick(["0.5", "0.9", "0.99", "1", "0"])), "
                + "\(grouping)(\(dice.pick(["rate", "increase"]))"
                + "(latency_seconds_bucket[\(range())])))"
        case 6: return "-(\(inner))"
        case 7: return "\(dice.pick(Self.dateFunctions))(queue_depth * 1e7)"
        default: return "\(dice.pick(Self.vectorFunctions))(\(inner))"
        }
    }

    // MARK: Operators

    private mutating func aggregation(_ depth: Int) -> String {
        let names = dice.pick(dice.pick([0, 1, 2]), of: Self.labels).joined(separator: ",")
        let grouping = dice.pick(["", "by (\(names))", "without (\(names))"])
        let inner = vector(depth: depth - 1)
        switch dice.number(below: 14) {
        case 0, 1:
            // What is equal may be ranked one way or the other.
            return "\(dice.pick(["topk", "bottomk"])) \(grouping) "
                + "(\(dice.pick([1, 2, 3, 0])), queue_depth * 1.5)"
        case 2: return "quantile \(grouping) (\(dice.pick(["0.5", "0.25", "1.5"])), \(inner))"
        case 3: return "count_values \(grouping) (\"val\", \(inner))"
        default:
            let operations = ["sum", "avg", "min", "max", "count", "stddev", "stdvar", "group"]
            return "\(dice.pick(operations)) \(grouping) (\(inner))"
        }
    }

    private mutating func binary(_ depth: Int) -> String {
        let sets = ["and", "or", "unless"]
        let comparisons = ["==", "!=", "<", ">", "<=", ">="]
        let operation = dice.pick(["+", "-", "*", "/", "%", "^"] + comparisons + sets)
        let isSet = sets.contains(operation)
        let bool = comparisons.contains(operation) && dice.isLucky(0.4) ? " bool" : ""
        let left = vector(depth: depth - 1)
        if !isSet, dice.isLucky(0.3) {
            let scalars = ["2", "0", "-1.5", "1e3", "time()", "scalar(sum(queue_depth))", "NaN"]
            return "(\(left)) \(operation)\(bool) \(dice.pick(scalars))"
        }
        let matchings = [
            "", "", " on (graph)", " ignoring (kind)", " on (region)", " ignoring (le,region)",
            " on ()",
        ]
        let matching = dice.pick(matchings)
        let groupings = [" group_left", " group_right", " group_left (version)"]
        let isGrouped = !isSet && !matching.isEmpty && dice.isLucky(0.5)
        let grouping = isGrouped ? dice.pick(groupings) : ""
        return "(\(left)) \(operation)\(bool)\(matching)\(grouping) (\(vector(depth: depth - 1)))"
    }

    private mutating func vector(depth: Int) -> String {
        guard depth > 0 else { return dice.isLucky(0.6) ? selector() : window() }
        switch dice.number(below: 50) {
        case 0..<6: return selector()
        case 6..<17: return window()
        case 17..<27: return aggregation(depth)
        case 27..<37: return binary(depth)
        case 37..<41: return subquery(depth)
        case 41: return dice.pick(["vector(1)", "time()", "1 + 2 * 3 ^ 2", "pi()", "1 > bool 2"])
        default: return call(depth)
        }
    }

    private static let mistakes = [
        "up(", "sum by (graph", "rate(queue_depth)", "queue_depth[5m", "1 == 2",
        "queue_depth offset", "foo{bar=\"x\"", "{}", "{graph=~\".*\"}", "topk(queue_depth)",
        "\"a\" + 1", "queue_depth and 1", "sum(1)", "unknown_fn(x)", "queue_depth[5m]", "abs()",
        "queue_depth + on(graph) group_left(graph) graph_labels",
        "label_replace(queue_depth, \"d\", \"$1\", \"graph\", \"(\")", "queue_depth{graph=~\"(\"}",
        "round(queue_depth, 0.1, 3)", "-\"a\"", "queue_depth @ foo", "1 offset 5m",
        "sum(queue_depth) by", "quantile(0.5)", "x[1m:", "3 and 4", "bool", "5 5", "queue_depth{",
        "queue_depth[0s]", "queue_depth[5m] offset 1x", "rate(queue_depth[5m:1m:2])",
    ]
}
