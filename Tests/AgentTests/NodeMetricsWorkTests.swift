import Cycle
import HTTPClient
import Testing
import Time

@testable import Agent
@testable import GES

@Suite("A round of requests for nodes")
struct NodeMetricsWorkTests {
    private static let wall = Timestamp(milliseconds: 1_735_787_100_000)
    private static let interval = Duration.seconds(120)

    private static func answer(_ nodes: Int = 1) -> NodeMetrics {
        var answer = NodeMetrics()
        answer.nodes = (0..<nodes).map {
            NodeMetrics.Node(name: "n\($0)", role: "", host: "", values: [.cpuUsed: 0.5], disks: [])
        }
        return answer
    }

    private static func failure(_ status: Int, _ message: String = "") -> GESError {
        .api(ServiceFailure(status: status, code: "GES.8000", message: message))
    }

    private static let timeout = GESError.http(
        HTTPError(.timeout, requestMayHaveBeenSent: true, message: "timeout")
    )

    /// The rounds of one agent, each request answered at once.
    private struct Rounds {
        let graphs: Set<String>
        var known = NodeMetricsKnowledge()
        var elapsed = Duration.zero
        /// Which graphs each round asked, in order, and when in the round.
        var asked: [[String]] = []
        var times: [[Duration]] = []
        var last = NodeMetricsRound(known: NodeMetricsKnowledge())

        init(_ count: Int) {
            graphs = Set((0..<count).map { "g\(10_000 + $0)" })
        }

        mutating func run(
            _ count: Int = 1,
            _ result: (String) -> Result<NodeMetrics, GESError>
        ) {
            for _ in 0..<count {
                var work = NodeMetricsWork(
                    NodeMetricsRound(known: known),
                    known.wanted(of: graphs, at: elapsed),
                    interval: interval,
                    began: elapsed
                )
                var (ids, times) = ([String](), [Duration]())
                let began = elapsed
                while work.hasNext {
                    elapsed = max(elapsed, work.nextAt)
                    guard let id = work.next(at: elapsed) else { break }
                    ids.append(id)
                    times.append(elapsed - began)
                    _ = work.take(result(id), of: id, at: elapsed, wall: wall)
                }
                elapsed = began + interval
                last = work.ended()
                known = last.known
                asked.append(ids)
                self.times.append(times)
            }
        }
    }

    @Test("asks every graph once, spread over the interval", arguments: [1, 2, 60, 1_000])
    func spread(count: Int) {
        var rounds = Rounds(count)
        rounds.run { _ in .success(Self.answer()) }
        #expect(Set(rounds.asked[0]) == rounds.graphs && rounds.asked[0].count == count)
        let times = rounds.times[0]
        #expect(times[0] == .zero && times[count - 1] < Self.interval * 9 / 10)
        let gaps = zip(times, times.dropFirst()).map { $1 - $0 }
        #expect(gaps.allSatisfy { $0 == Self.interval * 9 / 10 / count }, "no burst")
        #expect(rounds.last.isComplete && rounds.last.answerCount == count)
        #expect(rounds.last.sampleCount == count * 2)
    }

    @Test("that is late does not catch up in a burst, and is continued by the next one")
    func late() {
        let graphs = Set((0..<100).map { "g\(100 + $0)" })
        let known = NodeMetricsKnowledge()
        var work = NodeMetricsWork(
            NodeMetricsRound(known: known),
            known.wanted(of: graphs, at: .zero),
            interval: Self.interval,
            began: .zero
        )
        #expect(work.next(at: .seconds(60)) == "g100")
        #expect(work.next(at: .seconds(60)) == "g101")
        #expect(work.next(at: .seconds(60)) == nil)
        #expect(work.next(at: .seconds(120)) == nil)
        let round = work.ended()
        #expect(round.interruption == .time)
        let next = round.known.wanted(of: graphs, at: .seconds(120))
        #expect(next.first == "g102" && Set(next) == graphs)
    }

    @Test(
        "asks a graph whose version lacks the metrics once an hour",
        arguments: [
            failure(404), failure(405), failure(501), failure(400, "the API is not supported"),
            failure(200, "Unsupported Operation"),
        ]
    )
    func unsupported(error: GESError) {
        var rounds = Rounds(3)
        rounds.run(61) { $0 == "g10001" ? .failure(error) : .success(Self.answer()) }
        let requests = rounds.asked.map { $0.count { $0 == "g10001" } }
        #expect(requests.reduce(0, +) == 3, "in two hours")
        #expect(requests[0] == 1 && requests[30] == 1 && requests[60] == 1)
        #expect(rounds.asked.allSatisfy { $0.contains("g10000") && $0.contains("g10002") })
        #expect(rounds.known.unsupportedCount == 1)
        #expect(rounds.last.interruption == nil)
        #expect(rounds.last.failures == ["unsupported": 1])
        rounds.known.keep(["g10000"])
        #expect(rounds.known.unsupportedCount == 0, "a deleted graph leaves nothing behind")
    }

    @Test(
        "asks a graph that fails less and less often, and the others as ever",
        arguments: [
            timeout, failure(500), failure(400), failure(200),
            .unexpected("x"), .notJSON(status: 200), .throttled(nil, retryAfter: nil),
            .unauthorised(ServiceFailure(status: 401, code: nil, message: "")),
            .unauthorised(ServiceFailure(status: 403, code: nil, message: "")),
            .http(HTTPError(.responseTooLarge, requestMayHaveBeenSent: true, message: "")),
        ]
    )
    func failing(error: GESError) {
        var rounds = Rounds(5)
        rounds.run(32) { $0 == "g10002" ? .failure(error) : .success(Self.answer()) }
        let asked = rounds.asked.indices.filter { rounds.asked[$0].contains("g10002") }
        #expect(asked == [0, 1, 3, 7, 15, 31])
        #expect(rounds.asked.allSatisfy { $0.count >= 4 })
        #expect(rounds.last.interruption == nil)
        rounds.run { _ in .success(Self.answer()) }
        #expect(!rounds.asked[32].contains("g10002"))
        rounds.known.forgetRests()
        rounds.run(3) { _ in .success(Self.answer()) }
        #expect(rounds.asked.suffix(3).allSatisfy { $0.count == 5 }, "one answer ends it")
    }

    @Test("leaves a graph alone for as long as it asks, at most an hour")
    func retryAfter() {
        for (asked, rests) in [(600.0, 5), (86_400, 30)] {
            var rounds = Rounds(2)
            let error = GESError.throttled(nil, retryAfter: .seconds(asked))
            rounds.run { $0 == "g10000" ? .failure(error) : .success(Self.answer()) }
            rounds.run(40) { _ in .success(Self.answer()) }
            let again = rounds.asked.dropFirst().firstIndex { $0.contains("g10000") }
            #expect(again == rests, "\(asked)")
        }
    }

    @Test("ends when graphs limit requests one after the other, with the longest pause asked for")
    func throttled() {
        var rounds = Rounds(50)
        var waits = [5.0, 90, 7][...]
        rounds.run { _ in
            .failure(.throttled(nil, retryAfter: waits.popFirst().map { .seconds($0) }))
        }
        #expect(rounds.asked[0].count == 3)
        #expect(rounds.last.interruption == .throttled(retryAfter: .seconds(90)))
        rounds.run { _ in .success(Self.answer()) }
        #expect(rounds.asked[1].first == "g10003", "it goes on behind them")
    }

    @Test("goes on when single graphs limit requests")
    func singleThrottled() {
        var rounds = Rounds(60)
        var number = 0
        rounds.run { _ in
            number += 1
            return number % 3 == 0
                ? .success(Self.answer()) : .failure(.throttled(nil, retryAfter: nil))
        }
        #expect(rounds.asked[0].count == 60)
        #expect(rounds.last.interruption == nil)
    }

    @Test(
        "that no graph answers asks for a pause",
        arguments: [
            (failure(500), .throttled(retryAfter: nil)),
            (failure(503), .throttled(retryAfter: nil)),
            (timeout, .throttled(retryAfter: nil)),
            (
                .unauthorised(ServiceFailure(status: 403, code: nil, message: "no")),
                .forbidden("response 403: no")
            ),
            (.unauthorised(ServiceFailure(status: 401, code: nil, message: "no")), nil),
            (failure(404), nil), (.unexpected("x"), nil),
            (.credentials(.unavailable(timeout)), .credential),
        ] as [(GESError, RoundInterruption?)]
    )
    func nobody(error: GESError, expected: RoundInterruption?) {
        var rounds = Rounds(2)
        rounds.run { _ in .failure(error) }
        #expect(rounds.last.interruption == expected)
        #expect(!rounds.last.isComplete)
    }

    @Test("holds for the time of the answer where the graph states none")
    func times() throws {
        func take(_ time: Timestamp?) -> NodeReading? {
            var work = NodeMetricsWork(
                NodeMetricsRound(known: NodeMetricsKnowledge()),
                ["g"],
                interval: Self.interval,
                began: .zero
            )
            var answer = Self.answer(2)
            answer.time = time
            return work.take(.success(answer), of: "g", at: .zero, wall: Self.wall)
        }
        #expect(take(nil)?.at == Self.wall)
        #expect(take(Self.wall - .seconds(90))?.at == Self.wall - .seconds(90))
    }

    @Test("gives every value to one metric, with the labels of that metric")
    func mapping() {
        var answer = Self.answer()
        for metric in NodeMetric.allCases { answer.nodes[0].values[metric] = 1 }
        let values = Dictionary(uniqueKeysWithValues: NodeMetric.ofDisk.map { ($0, 1.0) })
        answer.nodes[0].disks = [NodeMetrics.Disk(name: "vda", values: values)]
        let reading = NodeReading(answer, of: "g", at: Self.wall)
        #expect(Set(reading.samples.map(\.metric)) == Set(GraphMetric.ofNodes))
        #expect(reading.samples.count == 1 + NodeMetric.allCases.count + NodeMetric.ofDisk.count)
        for sample in reading.samples {
            #expect(sample.labelValues.count == sample.metric.labelNames.count)
            #expect(sample.labelValues[0] == "g" && sample.labelValues[1] == "n0")
        }
        #expect(Set(reading.samples.map(\.labels)).count == reading.samples.count)
    }
}

@Suite("Readings that wait for a step")
struct NodeReadingQueueTests {
    private static func readings(_ count: Int, of samples: Int) -> [NodeReading] {
        (0..<count).map { number in
            var reading = NodeReading(graphID: "g\(number)", at: Timestamp(seconds: Double(number)))
            for node in 0..<samples { reading.add([(.nodeCPUUsed, 1)], labels: ["\(node)"]) }
            return reading
        }
    }

    @Test("are limited by their samples, and never taken in pieces", arguments: [1, 7, 999, 1_200])
    func limits(samples: Int) {
        let inbox = Inbox()
        let all = Self.readings(60_000 / samples, of: samples)
        let refused = inbox.nodes.put(all, generation: 0)
        #expect(refused == all.count - 50_000 / samples)
        #expect(!inbox.nodes.hasRoom(for: samples))
        var taken: [NodeReading] = []
        while inbox.nodes.isBacklogged {
            let some = inbox.nodes.take()
            #expect(some.count == 25_000 / samples)
            taken += some
        }
        taken += inbox.nodes.take()
        #expect(taken == Array(all.prefix(50_000 / samples)))
        #expect(inbox.nodes.hasRoom(for: 50_000) && inbox.nodes.take().isEmpty)
    }
}
