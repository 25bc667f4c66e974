import PromQL
import Series
import TestSupport
import Testing

@Suite struct PrinterTests {
    @Test(
        "expressions that are hard to print read back",
        arguments: [
            #"{a="\xff"}"#, #""\xff\ufffd\\ufffd""#, #"count_values("\xc3", a)"#, "- nan", "-(NaN)",
            "Inf ^ (e)", "-Inf ^ 2", "Inf ^ -Inf", "-0h", "-0", "a offset -0s",
            // The mark forms one character with the quote before it.
            #""\xff\u20e9""#,
            // The type has no nanoseconds so far from zero.
            "2534023000799ms", "a[2534023000799ms]", "a offset 2534023000799ms",
        ]
    )
    func hardCases(text: String) throws {
        let expression = try Expression.parse(text)
        #expect(try Expression.parse(expression.description) == expression, "\(expression)")
    }

    @Test("the normal form parses to the same expression", arguments: 0..<400)
    func roundTrip(seed: Int) throws {
        var generator = ExpressionGenerator(seed: seed)
        let text = generator.vector(4)
        let expression = try Expression.parse(text)
        let printed = expression.description
        #expect(try Expression.parse(printed) == expression, "\(text)")
        #expect(try Expression.parse(printed).description == printed)
    }

    @Test("numbers round-trip exactly", arguments: 0..<20)
    func numbers(seed: Int) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<100 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            let literal = Expression.number(NumberLiteral(value))
            #expect(try Expression.parse(literal.description) == literal)
        }
    }
}
