import Testing

@testable import PromQL

@Suite("Long names in expressions")
struct LongNameTests {
    @Test(
        "are quoted by an error as their beginning only",
        arguments: ["a!(1)", "1 a!", "a{a!", "up offset a!", "sum by (a!,"]
    )
    func longNames(text: String) throws {
        let name = String(repeating: "a", count: 60_000)
        let long = text.split(separator: "a!", omittingEmptySubsequences: false).joined(
            separator: name
        )
        let error = #expect(throws: ParseError.self) { try Expression.parse(long) }
        #expect(try #require(error).description.count < 2_100)
        let notation = #expect(throws: SeriesNotationError.self) {
            try SeriesNotation.parse("up \(name)")
        }
        #expect(try #require(notation).description.count < 2_100)
    }
}
