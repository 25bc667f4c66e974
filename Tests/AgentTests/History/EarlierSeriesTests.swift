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
        interval: Duration = .seconds(10),
        where isWanted: @escaping (Labels) -> Bool = { _ in true }
    ) throws -> (series: [EarlierSamples.Series], rivals: [String], disputed: Set<String>) {
        var found = EarlierSeries(.graphUp, interval: interval, where: isWanted)
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
        #expect(rivals.disputed == ["g"])
        // The same twice, as of two jobs.
        let twice = try read([([of("a", [10]), of("b", [10])], 0, 80)])
        #expect(twice.series.isEmpty && twice.rivals.count == 2)
    }

    @Test("have one sample for each poll, however often they were scraped")
    func copies() throws {
        let graph = #""graph_id":"g""#
        for (every, expected) in [(5.0, 30.0), (10, 30), (15, 30), (30, 30), (60, 60)] {
            let times = Array(stride(from: every, through: 600, by: every))
            let found = try read(
                [([series(graph, times)], 0, 600)],
                interval: .seconds(30)
            )
            let seconds = seconds(found.series.first)
            #expect(seconds.count == Int((600 - every) / expected) + 1, "\(every)")
            #expect(zip(seconds, seconds.dropFirst()).allSatisfy { $1 - $0 == Int64(expected) })
        }
    }

    @Test("have one sample for a poll that two ranges show")
    func borders() throws {
        let graph = #""graph_id":"g""#
        let found = try read([
            ([series(graph, [53, 63, 73])], 50, 80),
            ([series(graph, [10, 20, 30, 40, 50])], 0, 50),
        ])
        #expect(seconds(found.series.first) == [10, 20, 30, 40, 50, 63, 73])
        let alone = try read([([series(graph, [53])], 50, 80), ([series(graph, [40, 50])], 0, 50)])
        #expect(seconds(alone.series.first) == [40, 50])
    }

    @Test("end where nobody looked, within a range and between ranges", arguments: [10, 60])
    func gaps(every: Double) throws {
        let graph = #""graph_id":"g""#
        let often = series(
            #""graph_id":"h""#,
            Array(stride(from: every, through: 1_200, by: every))
        )
        let (first, second) = ([every, 2 * every, 5 * every], [10 * every, 11 * every])
        let middle = Int64(7 * every)
        typealias Range = (all: [String], after: Int64, through: Int64)
        let whole: [Range] = [([often, series(graph, first + second)], 0, 2_000)]
        let halves: [Range] = [
            ([series(graph, second)], middle, 2_000), ([often, series(graph, first)], 0, middle),
        ]
        for ranges in [whole, halves] {
            let found = try read(ranges)
            let one = found.series.first { $0.labels["graph_id"] == "g" }
            let samples = (one?.chunks ?? []).flatMap(\.samples)
            let ends = samples.filter { Staleness.isMarker($0.value) }.map {
                $0.timestamp.milliseconds - Self.start * 1000
            }
            #expect(ends == [2, 5].map { Int64($0 * every * 1000) + 1 })
            #expect(zip(samples, samples.dropFirst()).allSatisfy { $0.timestamp < $1.timestamp })
            let other = found.series.first { $0.labels["graph_id"] == "h" }
            #expect(
                (other?.chunks ?? []).flatMap(\.samples).allSatisfy {
                    !Staleness.isMarker($0.value)
                }
            )
        }
    }

    @Test("cost what their labels cost, once")
    func bytes() throws {
        var found = EarlierSeries(.graphUp, interval: .seconds(10), where: { _ in true })
        let long = String(repeating: "x", count: 10_000)
        let one = series("\"graph_id\":\"g\",\"other\":\"\(long)\"", [10])
        let text = "{\"status\":\"success\",\"data\":{\"result\":[\(one)]}}"
        let answer = try MatrixText.series(Array(text.utf8))
        found.add(answer, after: Self.start, through: Self.start + 80)
        #expect(found.byteCount > 10_000)
        found.add(answer, after: Self.start, through: Self.start + 80)
        #expect(found.byteCount < 12_000)
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
        let unwanted = try read([([series(graph, [10])], 0, 80)], where: { _ in false })
        #expect(unwanted.series.isEmpty)
        let disorder = try read([([series(graph, [10, 30, 20, 30, 40])], 0, 80)])
        #expect(seconds(disorder.series.first) == [10, 30, 40])
    }
}
