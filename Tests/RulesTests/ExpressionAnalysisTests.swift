import PromQL
import Testing

@testable import Rules

@Suite("Static analysis of an expression")
struct ExpressionAnalysisTests {
    @Test(
        "reports whether a result may have a label",
        arguments: [
            ("m", true), ("m{graph_id=\"\"}", false), ("m{graph_id!=\"\"}", true), ("1", false),
            ("vector(1)", false), ("time() - m > 5", true), ("sum(m)", false),
            ("sum by (graph_id) (m)", true), ("sum without (graph_id) (m)", false),
            ("sum without (x) (m)", true), ("sum by (graph_id) (m{graph_id=\"\"})", false),
            ("topk(3, m)", true), ("count_values(\"graph_id\", m)", true), ("absent(m)", false),
            ("absent(m{graph_id=\"g\"})", true),
            ("absent_over_time(m{graph_id=~\"g\"}[5m])", false),
            ("m and on (x) n", true), ("sum(m) and on () n", false), ("sum(m) or n", true),
            ("m + on (x) n", false), ("m + on (graph_id) n", true), ("m > on (x) n", false),
            ("m + ignoring (graph_id) n", false), ("m * on (x) group_left n", true),
            ("sum by (x) (m) * on (x) group_left (graph_id) n", true),
            ("m * on (x) group_left (graph_id) sum by (x) (n)", false),
            ("sum by (x) (m) * on (x) group_right n", true),
            ("label_replace(sum(m), \"graph_id\", \"$1\", \"x\", \"(.*)\")", true),
            ("label_replace(sum(m), \"y\", \"$1\", \"x\", \"(.*)\")", false),
            ("avg_over_time(m[5m])", true), ("max_over_time(sum(m)[5m:])", false), ("-(m)", true),
        ]
    )
    func mayHaveLabel(text: String, expected: Bool) throws {
        let presence = LabelPresence()
        #expect(presence.mayHave("graph_id", try Expression.parse(text)) == expected)
    }

    private static let vocabulary = SeriesVocabulary(
        metrics: [
            "ges_up": ["project_id"], "ges_graph_up": ["graph_id"],
            "ges_graph_tasks": ["graph_id", "state"],
        ]
    )

    @Test(
        "finds names that no series has",
        arguments: [
            ("ges_graph_up == 0", []),
            ("sum by (graph_id) (ges_graph_tasks{state=\"pending\"})", []),
            ("ALERTS{anything=\"x\"}", []), ("{__name__=~\"x.*\"}", []), ("{graph_id=\"x\"}", []),
            ("ges_up{graph_id=\"\"} + ges_up{graph_id!=\"x\"} + ges_up{graph_id=~\"x|\"}", []),
            ("rate(ges_up{graph_id!~\"x\"}[5m])", []),
            ("ges_graph_up and on (state) ges_graph_tasks", []),
            (
                "ges_graph_pu + ges_graph_pu",
                ["unknown series \"ges_graph_pu\"; did you mean \"ges_graph_up\"?"]
            ),
            (
                "max_over_time({__name__=\"other\"}[5m])",
                ["unknown series \"other\""]
            ),
            (
                "ges_graph_tasks{sate=~\"a.*\"}",
                ["ges_graph_tasks has no label \"sate\"; did you mean \"state\"?"]
            ),
            (
                "sum by (graphid) (ges_graph_up)",
                [
                    "by (graphid): no input series has the label \"graphid\"; did you mean \"graph_id\"?"
                ]
            ),
            (
                "ges_graph_up and on (graph) ges_up",
                ["on (graph): no input series has the label \"graph\""]
            ),
            (
                "sum(ges_graph_up) and on (graph_id) ges_up",
                ["on (graph_id): no input series has the label \"graph_id\""]
            ),
        ]
    )
    func unknownNames(text: String, expected: [String]) throws {
        let lint = SeriesLint(vocabulary: Self.vocabulary)
        #expect(lint.findings(in: try Expression.parse(text)) == expected)
    }

    @Test(
        "reports a label as absent only if the metric is known",
        arguments: [
            ("ges_graph_up == 0", true), ("ges_up == 0", false), ("unheard_of", true),
            ("ALERTS", true),
            ("ges_up * on (project_id) group_right ges_graph_up", true),
        ]
    )
    func absentLabel(text: String, expected: Bool) throws {
        let presence = LabelPresence(vocabulary: Self.vocabulary)
        #expect(presence.mayHave("graph_id", try Expression.parse(text)) == expected)
    }

    @Test(
        "reports how far an expression looks back",
        arguments: [
            ("m", 300), ("m offset 1m", 360), ("m offset -1m", 300), ("1 + 1", 0),
            ("rate(m[10m])", 600), ("rate(m[10m] offset 5m) > n", 900),
            ("max_over_time(rate(m[5m])[1h:1m] offset 1m)", 3960),
            ("sum(m) / count(n offset 1h)", 3900),
        ]
    )
    func lookback(text: String, seconds: Int) throws {
        let reach = try Expression.parse(text).reach(lookback: .seconds(300))
        #expect(reach == .seconds(seconds))
    }
}
