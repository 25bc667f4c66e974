import Testing

@testable import Backtest

@Suite("The answer to a range selector")
struct MatrixTextTests {
    private static let answer = #"""
        {"status":"success","data":{"resultType":"matrix","result":[
         {"metric":{"__name__":"a","x":"\"}]"},"values":[[1700000000,"1"],[1700000030.5,"NaN"]]},
         {"metric":{"__name__":"b"},"values":[]}]},"infos":["a [b"]}
        """#

    @Test("gives its samples, whatever stands around them")
    func samples() throws {
        let series = try MatrixText.series(Array(Self.answer.utf8))
        #expect(series.count == 2)
        #expect(series[0].samples.map(\.milliseconds) == [1_700_000_000_000, 1_700_000_030_500])
        #expect(series[0].samples[0].value == 1 && series[0].samples[1].value.isNaN)
        #expect(String(decoding: series[0].metric, as: UTF8.self).hasSuffix(#"\"}]"}"#))
        #expect(series[1].samples.isEmpty)
    }

    @Test("is refused if the server warns that it may lack series")
    func warned() {
        let text = Self.answer.replacing("infos", with: "warnings")
        #expect(throws: MatrixText.Failure.self) { try MatrixText.series(Array(text.utf8)) }
    }

    /// Wherever an answer is cut, it is refused.
    @Test("is refused if it is cut anywhere")
    func cut() {
        let bytes = Array(Self.answer.utf8)
        for count in 0..<bytes.count {
            #expect(throws: MatrixText.Failure.self, "\(count)") {
                try MatrixText.series(Array(bytes[..<count]))
            }
        }
    }

    @Test(
        "is refused if it is something else",
        arguments: [
            "", "<html>", "[]", "{}", #"{"data":{}}"#, #"{"data":{"result":{}}}"#,
            #"{"data":{"result":[{"values":[]}]}}"#,
            #"{"data":{"result":[{"metric":{},"values":[[1,2]]}]}}"#,
            #"{"data":{"result":[{"metric":{},"values":[["1","2"]]}]}}"#,
            #"{"data":{"result":[{"metric":{},"values":[[1e300,"2"]]}]}}"#,
            #"{"data":{"result":[]}} x"#, #"{"a":"\"#,
            "{\"a\":" + String(repeating: "[", count: 100_000),
        ]
    )
    func refused(text: String) {
        #expect(throws: MatrixText.Failure.self) { try MatrixText.series(Array(text.utf8)) }
    }
}
