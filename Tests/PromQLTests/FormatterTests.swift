import PromQL
import Testing

@Suite struct FormatterTests {
    @Test func shortExpressionsStayOnOneLine() throws {
        #expect(try Expression.parse("sum ( a ) by(b)").formatted == "sum by (b) (a)")
    }

    @Test func longExpressionsAreBrokenAtOperatorsAndParentheses() throws {
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
