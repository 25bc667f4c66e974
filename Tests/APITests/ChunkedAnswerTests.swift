import JSON
import Listener
import PromQL
import Series
import Testing
import Time

@testable import API

@Suite("A large answer")
struct ChunkedAnswerTests {
    private static func matrix(series: Int, points: Int) -> Value {
        .matrix(
            (0..<series).map { number in
                SeriesPoints(
                    labels: ["__name__": "m", "n": "\(number)"],
                    points: (0..<points).map {
                        Sample(timestamp: Timestamp(milliseconds: Int64($0) * 1000), value: 0.5)
                    }
                )
            }
        )
    }

    @Test("is the same in parts as at once", arguments: [1, 2, 7, 100])
    func parts(step: Int) throws {
        let answer = Self.matrix(series: 30, points: 3).answer(
            at: Timestamp(milliseconds: 0),
            warnings: ["w"],
            infos: ["i"],
            QueryTimings(queued: .seconds(1))
        )
        let whole = answer.head + answer.encode(0..<30) + answer.tail
        let parts = stride(from: 0, to: 30, by: step).flatMap {
            answer.encode($0..<min($0 + step, 30))
        }
        #expect(answer.head + parts + answer.tail == whole)
        let json = try JSONValue.parse(whole)
        #expect(json["data"]?["resultType"] == "matrix")
        #expect(json["data"]?["result"]?.arrayValue?.count == 30)
        #expect(json["data"]?["result"]?[29]?["metric"]?["n"] == "29")
        #expect(json["data"]?["stats"]?["timings"]?["execQueueTime"] == .integer(1))
        #expect(json["warnings"]?[0] == "w" && json["infos"]?[0] == "i")
    }

    @Test(
        "has the form of its value",
        arguments: [
            (.scalar(1.5, at: Timestamp(milliseconds: 1000)), #""scalar","result":[1,"1.5"],"#),
            (.string("s"), #""string","result":[2,"s"],"#),
            (.vector([]), #""vector","result":[],"#),
            (.matrix([]), #""matrix","result":[],"#),
            (
                .vector([
                    VectorSample(
                        labels: ["a": "b"],
                        timestamp: Timestamp(milliseconds: 1500),
                        value: 2
                    )
                ]),
                #""vector","result":[{"metric":{"a":"b"},"value":[1.500,"2"]}],"#
            ),
        ] as [(Value, String)]
    )
    func forms(value: Value, text: String) throws {
        let answer = value.answer(
            at: Timestamp(milliseconds: 2000),
            warnings: [],
            infos: [],
            QueryTimings(queued: .zero)
        )
        let bytes = answer.head + answer.encode(0..<answer.count) + answer.tail
        let start = #"{"status":"success","data":{"resultType":"#
        #expect(String(decoding: bytes, as: UTF8.self).hasPrefix(start + text + #""stats":"#))
        _ = try JSONValue.parse(bytes)
    }

    @Test("is sent in parts and reserves its memory until it is sent; a small one does neither")
    func reservation() throws {
        let budget = AnswerBudget(maximumBytes: 1 << 20)
        func reply(points: Int) throws -> Reply {
            try Self.matrix(series: 50, points: points)
                .answer(at: Timestamp(milliseconds: 0), warnings: [], infos: [], nil)
                .reply(.json([]), within: budget, TurnTaking(places: 1))
        }
        guard case .response(let response) = try reply(points: 10) else {
            Issue.record("a small answer is sent in parts")
            return
        }
        #expect(response.body.count > 1_000)
        #expect(budget.usedBytes == 0)
        var first: Reply? = try reply(points: 1_000)
        guard case .stream? = first else {
            Issue.record("a large answer is sent at once")
            return
        }
        #expect(budget.usedBytes > 50 * 1_000 * 16)
        #expect(throws: QueryFailure.self) { try reply(points: 1_000) }
        first = nil
        #expect(budget.usedBytes == 0)
        _ = try reply(points: 100_000)
        #expect(budget.usedBytes == 0)
    }
}
