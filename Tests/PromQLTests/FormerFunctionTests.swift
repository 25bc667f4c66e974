import PromQL
import Series
import Testing
import Time

@Suite struct FormerFunctionTests {
    @Test("a function that was renamed tells its new name")
    func renamed() {
        let error = #expect(throws: ParseError.self) {
            try Expression.parse("holt_winters(a[5m], 0.5, 0.5)", options: .experimental)
        }
        #expect(
            error?.description
                == "1:1: parse error: unknown function with name \"holt_winters\"; "
                + "since Prometheus 3.0 it is called \"double_exponential_smoothing\""
        )
    }

    @Test("with the language of version 2 it works as before")
    func formerName() throws {
        var options = ParserOptions()
        options.allowsFormerFunctions = true
        let text = "holt_winters(a[5m], 0.5, 0.5)"
        let former = try Expression.parse(text, options: options)
        #expect(former.description == text)
        var store = SeriesStore(retention: .seconds(1000), maximumSeries: 1)
        for (index, value) in [1.0, 2, 4, 3].enumerated() {
            store.append(["__name__": "a"], value, at: .seconds(Double(index) * 60))
        }
        let present = try Expression.parse(
            "double_exponential_smoothing(a[5m], 0.5, 0.5)",
            options: .experimental
        )
        let value = try Engine().instant(former, at: .seconds(180), in: store)
        let expected = try Engine().instant(present, at: .seconds(180), in: store)
        #expect(value == expected)
        guard case .vector(let samples) = value else { return }
        #expect(samples.count == 1)
    }
}
