import PromQL
import Testing

@testable import Rules

@Suite("What is known of an expression without data")
struct ExpressionAnalysisTests {
    @Test(arguments: [
        ("m", true), ("m{graph_id=\"\"}", false), ("m{graph_id!=\"\"}", true), ("1", false),
        ("vector(1)", false), ("time() - m > 5", true), ("sum(m)", false),
        ("sum by (graph_id) (m)", true), ("sum without (graph_id) (m)", false),
        ("sum without (x) (m)", true), ("sum by (graph_id) (m{graph_id=\"\"})", false),
        ("topk(3, m)", true), ("count_values(\"graph_id\", m)", true), ("absent(m)", false),
        ("absent(m{graph_id=\"g\"})", true), ("absent_over_time(m{graph_id=~\"g\"}[5m])", false),
        ("m and on (x) n", true), ("sum(m) and on () n", false), ("sum(m) or n", true),
        ("m + on (x) n", false), ("m + on (graph_id) n", true), ("m > on (x) n", false),
        ("m + ignoring (graph_id) n", false), ("m * on (x) group_left n", true),
        ("sum by (x) (m) * on (x) group_left (graph_id) n", true),
        ("m * on (x) group_left (graph_id) sum by (x) (n)", false),
        ("sum by (x) (m) * on (x) group_right n", true),
        ("label_replace(sum(m), \"graph_id\", \"$1\", \"x\", \"(.*)\")", true),
        ("label_replace(sum(m), \"y\", \"$1\", \"x\", \"(.*)\")", false),
        ("avg_over_time(m[5m])", true), ("max_over_time(sum(m)[5m:])", false), ("-(m)", true),
    ])
    func aResultMayHaveALabel(text: String, expected: Bool) throws {
        #expect(LabelPresence.mayHave("graph_id", try Expression.parse(text)) == expected)
    }

    @Test(arguments: [
        ("m", 300), ("m offset 1m", 360), ("m offset -1m", 300), ("1 + 1", 0),
        ("rate(m[10m])", 600), ("rate(m[10m] offset 5m) > n", 900),
        ("max_over_time(rate(m[5m])[1h:1m] offset 1m)", 3960),
        ("sum(m) / count(n offset 1h)", 3900),
    ])
    func anExpressionLooksBackSoFar(text: String, seconds: Int) throws {
        let reach = try Expression.parse(text).reach(lookback: .seconds(300))
        #expect(reach == .seconds(seconds))
    }
}
