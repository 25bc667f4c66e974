import TestSupport

/// Generates queries about `RecordedFleet`: all features of the language, and some invalid queries.
struct QueryGenerator {
    private var random: SeededRandom

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    mutating func query() -> String {
        random.chance(0.06) ? random.pick(Self.mistakes) : vector(depth: random.pick([1, 2, 2, 3]))
    }

    mutating func pick(_ texts: [String]) -> String { random.pick(texts) }
    mutating func chance(_ probability: Double) -> Bool { random.chance(probability) }

    // MARK: Selectors

    private static let metrics = [
        "queue_depth", "queries_total", "latency_seconds_bucket", "latency_seconds_count",
        "latency_seconds_sum", "graph_labels", "odd",
    ]
    private static let labels = ["graph", "region", "kind", "le", "version", "n", "missing"]

    private mutating func conditions(_ counts: [Int]) -> String {
        let conditions = (0..<random.pick(counts)).map { _ in condition() }
        return conditions.isEmpty ? "" : "{" + conditions.joined(separator: ",") + "}"
    }

    private mutating func condition() -> String {
        let label = random.pick(["graph", "region", "kind"])
        let values = ["graph": ["g0", "g1", "g9"], "region": ["north", "south"]]
        let value = random.pick(values[label] ?? ["read", "write"])
        let patterns = [value, "g[0-2]", "n.*", ".*th", "|g1", "read|write", ".+"]
        return random.chance(0.5)
            ? "\(label)\(random.pick(["=", "!="]))\"\(value)\""
            : "\(label)\(random.pick(["=~", "!~"]))\"\(random.pick(patterns))\""
    }

    private mutating func modifiers() -> String {
        switch random.number(below: 14) {
        case 0, 1: " offset " + random.pick(["30s", "1m", "5m", "10m", "-2m", "17s"])
        case 2: " @ \(RecordedFleet.start + random.pick([600, 1800, 3000]))"
        case 3: random.pick([" @ start()", " @ end()"])
        default: ""
        }
    }

    private mutating func selector() -> String {
        random.pick(Self.metrics) + conditions([0, 0, 1, 1, 2]) + modifiers()
    }

    private mutating func range() -> String {
        random.pick(["30s", "1m", "2m", "5m", "47s", "15s", "10m", "1m30s"])
    }

    private mutating func matrix() -> String {
        random.pick(Self.metrics) + conditions([0, 1]) + "[\(range())]" + modifiers()
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
        switch random.number(below: 14) {
        case 0: "quantile_over_time(\(random.pick(["0.5", "0.9", "0", "-1", "2"])), \(matrix()))"
        case 1: "predict_linear(\(matrix()), \(random.pick(["60", "-30", "3600"])))"
        default: "\(random.pick(Self.windowFunctions))(\(matrix()))"
        }
    }

    private mutating func subquery(_ depth: Int) -> String {
        let step = random.pick(["", "15s", "30s", "1m", "7s"])
        return "\(random.pick(Self.windowFunctions))"
            + "((\(vector(depth: depth - 1)))[\(range()):\(step)]\(modifiers()))"
    }

    private mutating func call(_ depth: Int) -> String {
        let inner = vector(depth: depth - 1)
        switch random.number(below: 10) {
        case 0:
            let pattern = random.pick(["(.*)", "g(.)", "n.*(h)"])
            let text = random.pick(["$1", "x-$1", "", "${1}z"])
            return "label_replace(\(inner), \"\(random.pick(["dst", "graph", "region"]))\", "
                + "\"\(text)\", \"\(random.pick(["graph", "kind"]))\", \"\(pattern)\")"
        case 1: return "label_join(\(inner), \"j\", \"-\", \"graph\", \"region\")"
        case 2: return "clamp_min(\(inner), 1)"
        case 3: return "clamp(\(inner), \(random.pick(["0, 5", "5, 0"])))"
        case 4, 5:
            let grouping = random.pick(["", "sum by (le) ", "sum by (graph,le) "])
            return "histogram_quantile(\(random.pick(["0.5", "0.9", "0.99", "1", "0"])), "
                + "\(grouping)(\(random.pick(["rate", "increase"]))"
                + "(latency_seconds_bucket[\(range())])))"
        case 6: return "-(\(inner))"
        case 7: return "\(random.pick(Self.dateFunctions))(queue_depth * 1e7)"
        default: return "\(random.pick(Self.vectorFunctions))(\(inner))"
        }
    }

    // MARK: Operators

    private mutating func aggregation(_ depth: Int) -> String {
        let names = random.pick(random.pick([0, 1, 2]), of: Self.labels).joined(separator: ",")
        let grouping = random.pick(["", "by (\(names))", "without (\(names))"])
        let inner = vector(depth: depth - 1)
        switch random.number(below: 14) {
        case 0, 1:
            // Equal elements may be ranked in either order.
            return "\(random.pick(["topk", "bottomk"])) \(grouping) "
                + "(\(random.pick([1, 2, 3, 0])), queue_depth * 1.5)"
        case 2: return "quantile \(grouping) (\(random.pick(["0.5", "0.25", "1.5"])), \(inner))"
        case 3: return "count_values \(grouping) (\"val\", \(inner))"
        default:
            let operations = ["sum", "avg", "min", "max", "count", "stddev", "stdvar", "group"]
            return "\(random.pick(operations)) \(grouping) (\(inner))"
        }
    }

    private mutating func binary(_ depth: Int) -> String {
        let sets = ["and", "or", "unless"]
        let comparisons = ["==", "!=", "<", ">", "<=", ">="]
        let operation = random.pick(["+", "-", "*", "/", "%", "^"] + comparisons + sets)
        let isSet = sets.contains(operation)
        let bool = comparisons.contains(operation) && random.chance(0.4) ? " bool" : ""
        let left = vector(depth: depth - 1)
        if !isSet, random.chance(0.3) {
            let scalars = ["2", "0", "-1.5", "1e3", "time()", "scalar(sum(queue_depth))", "NaN"]
            return "(\(left)) \(operation)\(bool) \(random.pick(scalars))"
        }
        let matchings = [
            "", "", " on (graph)", " ignoring (kind)", " on (region)", " ignoring (le,region)",
            " on ()",
        ]
        let matching = random.pick(matchings)
        let groupings = [" group_left", " group_right", " group_left (version)"]
        let isGrouped = !isSet && !matching.isEmpty && random.chance(0.5)
        let grouping = isGrouped ? random.pick(groupings) : ""
        return "(\(left)) \(operation)\(bool)\(matching)\(grouping) (\(vector(depth: depth - 1)))"
    }

    private mutating func vector(depth: Int) -> String {
        guard depth > 0 else { return random.chance(0.6) ? selector() : window() }
        switch random.number(below: 50) {
        case 0..<6: return selector()
        case 6..<17: return window()
        case 17..<27: return aggregation(depth)
        case 27..<37: return binary(depth)
        case 37..<41: return subquery(depth)
        case 41: return random.pick(["vector(1)", "time()", "1 + 2 * 3 ^ 2", "pi()", "1 > bool 2"])
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
