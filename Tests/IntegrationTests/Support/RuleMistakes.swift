import Testing

/// A rule file with mistakes.
struct RuleMistakes: Sendable, CustomTestStringConvertible {
    let text: String
    /// How many mistakes promtool reports itself rather than through the YAML library.
    let count: Int
    var flags: [String] = []

    var testDescription: String { text }

    private static func rules(
        _ rules: String...,
        count: Int = 1,
        flags: [String] = []
    ) -> RuleMistakes {
        let text = rules.map { "  - \($0)\n" }.joined()
        return RuleMistakes(
            text: "groups:\n- name: g\n  rules:\n" + text,
            count: count,
            flags: flags
        )
    }

    private static func file(_ text: String, count: Int = 0) -> RuleMistakes {
        RuleMistakes(text: text, count: count)
    }

    static let all: [RuleMistakes] = [
        // No mistakes.
        file(""), file("groups:\n"), file("groups: []\n"),
        rules("{alert: 5, expr: 1, labels: {a: 1, b: true}}", count: 0),
        // promtool leaves these to its YAML library: the verdict is the same, the messages here are
        // better.
        file("hello\n"), file("groups: [\n"), file("groups: []\nfoo: 1\n"),
        file("groups:\n- name: g\n  limit: many\n  rules: 3\n"),
        rules("{alert: A, expr: m, forr: 1m}", count: 0),
        rules("{alert: A, expr: m, expr: n}", count: 0),
        rules("{alert: A, expr: m, for: abc}", count: 0),
        // Groups.
        file("groups:\n- name: g\n- name: g\n- name: ''\n- interval: 1m\n", count: 4),
        // Rules.
        rules("{alert: A, for: 1m}"), rules("{record: r, expr: ''}"), rules("{expr: m}"),
        rules("{alert: A, record: b, expr: m}"),
        rules(
            "{record: r, expr: m, for: 1m, keep_firing_for: 1m, annotations: {a: b}}",
            count: 3
        ),
        rules("{alert: A, expr: m, labels: {__name__: x}}"),
        // Expressions.
        rules("{alert: A, expr: up(}", "{alert: B, expr: rate(up)}", count: 2),
        rules("alert: A\n    expr: |\n      sum(up) by\n        foo"),
        rules("{alert: A, expr: 1 > 2}"), rules("{alert: A, expr: 'sum(up) by (a) b'}"),
        rules("{alert: A, expr: 'up{a=b}'}"), rules("{alert: A, expr: 'nope(up)'}"),
        rules("{alert: A, expr: 'a + on () group_left b + '}"),
        rules("{alert: A, expr: 'sum(up[5m])'}"),
        // Templates.
        rules("{alert: A, expr: m, labels: {x: '{{ $nope }}'}}"),
        rules(
            "{alert: A, expr: m, annotations: {a: '{{ nope }}', b: '{{', c: '{{ 1 } }}'}}",
            count: 3
        ),
        rules("{alert: A, expr: m, annotations: {a: '{{ if 1 }}', b: '{{ end }}'}}", count: 2),
        rules("{alert: A, expr: m, annotations: {a: '{{ range 1 }}{{ else }}'}}"),
        // Lint.
        rules("{record: x, expr: m}", "{record: x, expr: n}", count: 0),
        rules("{record: x, expr: m}", "{record: x, expr: n}", count: 0, flags: ["--lint-fatal"]),
        rules(
            "{record: x, expr: m}",
            "{record: x, expr: n}",
            count: 0,
            flags: ["--lint=none", "--lint-fatal"]
        ),
        rules(
            "{record: x, expr: vector(1)}",
            "{record: y, expr: vector(1)}",
            count: 0,
            flags: ["--lint=all", "--lint-fatal"]
        ),
    ]
}
