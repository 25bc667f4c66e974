import Backtest
import Cycle
import Series
import Testing
import Time

@testable import Agent

@Suite("Series of a Prometheus")
struct EarlierSeriesTests {
    private static let start: Int64 = 1_700_000_000

    private func series(
        _ labels: String,
        _ times: [Double],
        value: String = "1"
    ) -> String {
        let values = times.map { "[\(Double(Self.start) + $0),\"\(value)\"]" }
        return """
            {"metric":{"__name__":"ges_graph_up",\(labels)},"values":[\(values.joined(separator: ","))]}
            """
    }

    private func read(
        _ ranges: [(all: [String], after: Int64, through: Int64)],
        where isWanted: @escaping (Labels) -> Bool = { _ in true }
    ) throws -> (series: [EarlierSamples.Series], rivals: [String]) {
        var found = EarlierSeries(.graphUp, where: isWanted)
        for range in ranges {
            let text = """
                {"status":"success","data":{"resultType":"matrix",\
                "result":[\(range.all.joined(separator: ","))]}}
                """
            let (after, through) = (Self.start + range.after, Self.start + range.through)
            found.add(try MatrixText.series(Array(text.utf8)), after: after, through: through)
        }
        return found.joined
    }

    private func seconds(_ series: EarlierSamples.Series?) -> [Int64] {
        (series?.chunks ?? []).flatMap(\.samples).map {
            $0.timestamp.milliseconds / 1000 - Self.start
        }
    }

    @Test("have the labels of the agent only, and the samples of all ranges in order")
    func joins() throws {
        let labels = #""graph_id":"g","job":"j","instance":"a:1","cluster":"x""#
        let found = try read([
            ([series(labels, [60, 70, 80])], 50, 80), ([series(labels, [10, 30, 50])], 0, 50),
        ])
        #expect(found.series.map(\.labels) == [["__name__": "ges_graph_up", "graph_id": "g"]])
        #expect(seconds(found.series.first) == [10, 30, 50, 60, 70, 80] && found.rivals.isEmpty)
    }

    @Test("of agents that followed each other are one, and those of two at the same time are none")
    func rivals() throws {
        func of(_ agent: String, _ times: [Double]) -> String {
            series("\"graph_id\":\"g\",\"instance\":\"\(agent)\"", times)
        }
        let successors = try read([([of("a", [10, 20]), of("b", [30, 40])], 0, 80)])
        #expect(seconds(successors.series.first) == [10, 20, 30, 40])
        let other = series(#""graph_id":"h","instance":"a""#, [10])
        let rivals = try read([([of("a", [10, 40]), of("b", [20, 30]), other], 0, 80)])
        #expect(rivals.series.map(\.labels) == [["__name__": "ges_graph_up", "graph_id": "h"]])
        #expect(rivals.rivals == [#"instance="a""#, #"instance="b""#])
        // The same twice, as of two jobs.
        let twice = try read([([of("a", [10]), of("b", [10])], 0, 80)])
        #expect(twice.series.isEmpty && twice.rivals.count == 2)
    }

    @Test("are left out if they are none of the agent, unwanted, or out of the range or order")
    func refused() throws {
        let graph = #""graph_id":"g""#
        let none = try read([
            (
                [
                    series(#""instance":"a""#, [10]), series(#""graph_id":"""#, [10]),
                    series(#""graph_id":7"#, [10]), series(graph, [-5, 0, 90]),
                    series(graph, [20], value: "NaN"),
                    #"{"metric":{"graph_id":"g"},"values":[[1700000010,"1"]]}"#,
                ], 0, 80
            )
        ])
        #expect(none.series.isEmpty && none.rivals.isEmpty)
        let unwanted = try read([([series(graph, [10])], 0, 80)]) { _ in false }
        #expect(unwanted.series.isEmpty)
        let disorder = try read([([series(graph, [10, 30, 20, 30, 40])], 0, 80)])
        #expect(seconds(disorder.series.first) == [10, 30, 40])
    }
}
