import PromQL
import Series
import TestSupport
import Testing
import Time

/// Chains of operators are as long as people need them: one operand for each graph of a fleet.
@Suite struct ChainTests {
    private func chain(_ count: Int, _ operation: String) -> String {
        (0..<count).map { "m{i=\"\($0)\"} > 0" }.joined(separator: " \(operation) ")
    }

    @Test(
        "a long chain is parsed, printed, compared and evaluated",
        arguments: ["or", "and on ()", "unless on ()"]
    )
    func sets(operation: String) throws {
        let expression = try Expression.parse(chain(8_000, operation))
        let printed = expression.description
        let reread = try Expression.parse(printed)
        #expect(reread == expression)
        #expect(Set([expression, reread]).count == 1)
        #expect(expression.selectors.count == 8_000)
        #expect(expression.formatted.hasPrefix(String(repeating: "  ", count: 50) + "m{"))
        let store = try store("m{i=\"0\"} 1\nm{i=\"7999\"} 2")
        let expected = operation == "or" ? [#"m{i="0"} 1"#, #"m{i="7999"} 2"#] : []
        #expect(try elements(printed, in: store).sorted() == expected)
    }

    @Test(
        "arithmetic of any length is evaluated from left to right",
        arguments: ["+", "-", "*", "%"]
    )
    func arithmetic(operation: String) throws {
        let text = (["1"] + Array(repeating: "2", count: 10_000)).joined(
            separator: " \(operation) "
        )
        var expected = 1.0
        for _ in 0..<10_000 {
            switch operation {
            case "+": expected += 2
            case "-": expected -= 2
            case "*": expected *= 2
            default: expected.formTruncatingRemainder(dividingBy: 2)
            }
        }
        let value = try Engine().instant(Expression.parse(text), at: .seconds(0), in: try store(""))
        #expect(value == .scalar(expected, at: .seconds(0)))
    }

    @Test("operators of other precedence keep their place in a chain")
    func precedence() throws {
        let store = try store("a 2\nb 3\nc 5")
        for (text, expected) in [
            ("a + b * c - b", "14"), ("a * b + c / a", "8.5"), ("a - b - c", "-6"),
            ("a ^ b ^ a", "512"), ("a - (b - c)", "4"), ("a * b > bool c - a", "1"),
            ("a > 3 or b > 2 and on () c", "3"), ("a unless on () b or c", "5"),
        ] {
            let value = try elements(text, in: store).first?.split(separator: " ").last
            #expect(value.map(String.init) == expected, "\(text)")
            let expression = try Expression.parse(text)
            #expect(expression.description == text)
        }
    }

    @Test("there is a limit, which the message names")
    func limit() throws {
        let allowed = Array(repeating: "a", count: 10_001).joined(separator: " or ")
        #expect(throws: Never.self) { try Expression.parse(allowed) }
        let error = #expect(throws: ParseError.self) { try Expression.parse(allowed + " or a") }
        #expect(error?.message == "more than 10000 operators in a row")
    }

    @Test("an operand that is wrong is found wherever it stands")
    func wrongOperands() {
        for (text, message) in [
            (
                "a or b or 1 or c",
                "1:1: parse error: set operator \"or\" not allowed in binary scalar expression"
            ),
            (
                "a + b + c[5m] + d",
                "1:9: parse error: binary expression must contain only scalar and instant vector types"
            ),
            ("1 + 2 > 3", "1:7: parse error: comparisons between scalars must use BOOL modifier"),
            (
                "1 + 2 + on(x) a",
                "1:1: parse error: vector matching only allowed between instant vectors"
            ),
        ] {
            let error = #expect(throws: ParseError.self) { try Expression.parse(text) }
            #expect(error?.description == message)
        }
    }
}
