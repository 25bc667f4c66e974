import PromQL
import Testing

@Suite struct FormatterTests {
    @Test("short expressions stay on one line")
    func short() throws {
        #expect(try Expression.parse("sum ( a ) by(b)").formatted == "sum by (b) (a)")
    }

    @Test("long expressions are broken at operators and parentheses")
    func long() throws {
        let name = String(repeating: "n", count: 60)
        let query = "-sum by (a) (rate(\(name)[5m]) / ignoring (b) (\(name) + topk(1, \(name))))"
        let expected = """
            -sum by (a) (
                rate(\(name)[5m])
              / ignoring (b)
                (
                    \(name)
                  +
                    topk(1, \(name))
                )
            )
            """
        let formatted = try Expression.parse(query).formatted
        #expect(formatted == expected)
        #expect(try Expression.parse(formatted).formatted == expected)
    }
}
