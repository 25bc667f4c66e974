import Cycle
import GES
import HTTPClient
import Testing
import Time

@testable import Agent

/// Rounds of queries to a service of which a part does not work. What works is answered at once or
/// soon, and what does not costs few requests.
@Suite("A Cloud Eye that is partly at fault")
struct CloudEyeFaultTests {
    private static let start = Timestamp(milliseconds: 1_735_787_100_000)

    /// The rounds of one agent that watches graphs of nine metrics each.
    private struct Rounds {
        let graphs: Set<String>
        var known = CloudEyeKnowledge()
        var elapsed = Duration.zero
        /// Every series that was answered.
        var answered: Set<CloudEyeSeries> = []
        /// The queries of each round.
        var queries: [Int] = []
        var interruptions: [RoundInterruption?] = []
        var mostQueries = Int.max

        init(_ count: Int) {
            graphs = Set((0..<count).map { "g\(10_000 + $0)" })
        }

        var batchCount: Int {
            CloudEyeBatch.batches(of: wanted, newest: [:], to: start).count
        }

        var wanted: [CloudEyeSeries] { known.wanted(of: graphs, .capacity, at: elapsed) }

        mutating func run(
            _ count: Int = 1,
            _ failure: (CloudEyeBatch) -> GESError?
        ) {
            for _ in 0..<count {
                elapsed += .seconds(60)
                known.keep(graphs, at: elapsed, wall: start + elapsed)
                var work = CloudEyeWork(
                    CloudEyeRound(known: known),
                    wanted,
                    to: start + elapsed
                )
                var asked = 0
                while let batch = work.next() {
                    asked += 1
                    if let failure = failure(batch) {
                        _ = work.take(.failure(failure), of: batch, at: elapsed)
                    } else {
                        answered.formUnion(batch.series)
                        _ = work.take(.success(CloudEyeAnswer()), of: batch, at: elapsed)
                    }
                    if asked >= mostQueries { work.interrupt(.time) }
                }
                let round = work.ended(at: elapsed)
                known = round.known
                queries.append(asked)
                interruptions.append(round.interruption)
            }
        }
    }

    private static func error(_ status: Int) -> GESError {
        let failure = ServiceFailure(status: status, code: nil, message: "no")
        return switch status {
        case 401, 403: .unauthorised(failure)
        case 429, 503: .throttled(failure, retryAfter: nil)
        default: .api(failure)
        }
    }

    private static let failures: [GESError] = [
        error(500), error(404), .notJSON(status: 200),
        .http(HTTPError(.timeout, requestMayHaveBeenSent: true, message: "")),
    ]

    @Test("refuses one metric of every graph: the others are answered in the first round")
    func refusedMetric() {
        var rounds = Rounds(2_000)
        let all = Set(rounds.wanted)
        let count = rounds.batchCount
        rounds.run { batch in
            batch.series.contains { $0.metric == .cpuUsed } ? Self.error(400) : nil
        }
        #expect(rounds.answered == all.filter { $0.metric != .cpuUsed })
        #expect(Set(rounds.known.refusedMetrics.keys) == [.cpuUsed])
        #expect(rounds.queries[0] < count + 60, "\(rounds.queries) of \(count)")
        #expect(rounds.known.suspects.isEmpty)
        rounds.run { _ in nil }
        #expect(rounds.answered.count == 8 * 2_000)
        rounds.run(60) { _ in nil }
        #expect(rounds.answered == all, "asked for again after an hour")
    }

    @Test("refuses single series: no metric is given up, and all others are answered")
    func refusedSeries() {
        var rounds = Rounds(1_000)
        let all = rounds.wanted
        // Neighbours, and some far from each other.
        let bad = Set(
            all.filter { $0.metric == .memoryUsed }.prefix(20)
                + all.enumerated().filter { $0.offset % 97 == 0 }.map(\.element)
        )
        rounds.run { _ in nil }
        for one in all {
            rounds.known.newest[one.graphID, default: [:]][one.metric] = Self.start
        }
        rounds.answered = []
        let count = rounds.batchCount
        rounds.run(14) { bad.isDisjoint(with: $0.series) ? nil : Self.error(400) }
        #expect(rounds.answered == Set(all).subtracting(bad))
        #expect(rounds.known.refusedMetrics.isEmpty)
        #expect(Set(rounds.known.refused.keys) == bad)
        #expect(rounds.queries.max() ?? 0 <= count + 3 * 120, "\(rounds.queries)")
    }

    @Test("refuses a series, and there is time for three queries per round")
    func slow() {
        var rounds = Rounds(60)
        rounds.mostQueries = 3
        let all = Set(rounds.wanted)
        rounds.run(20) { batch in
            batch.series.contains { $0.metric == .cpuUsed } ? Self.error(400) : nil
        }
        #expect(rounds.answered == all.filter { $0.metric != .cpuUsed })
    }

    @Test("refuses everything: the queries stay few, and end")
    func refused() {
        var rounds = Rounds(2_000)
        let count = rounds.batchCount
        rounds.run(30) { _ in Self.error(400) }
        #expect(rounds.queries.allSatisfy { $0 <= count + 120 }, "\(rounds.queries)")
        #expect(rounds.queries.last == 0)
    }

    @Test("fails for one series: only that one is left out", arguments: failures)
    func failingSeries(error: GESError) {
        var rounds = Rounds(200)
        let all = Set(rounds.wanted)
        let bad = CloudEyeSeries(graphID: "g10100", metric: .cpuUsed)
        rounds.run(10) { $0.series.contains(bad) ? error : nil }
        #expect(rounds.answered == all.subtracting([bad]))
        #expect(Set(rounds.known.refused.keys) == [bad])
        #expect(rounds.known.suspects.isEmpty)
        let usual = rounds.queries[0]
        #expect(rounds.queries.allSatisfy { $0 <= usual + 2 }, "\(rounds.queries)")
    }

    @Test("fails for everything: the queries stay the same", arguments: failures)
    func down(error: GESError) {
        var rounds = Rounds(500)
        rounds.run(10) { _ in error }
        #expect(rounds.queries == Array(repeating: rounds.batchCount, count: 10))
        #expect(rounds.known.suspects.isEmpty && rounds.known.refused.isEmpty)
    }

    @Test("fails for nine queries in ten: their number stays limited")
    func mostlyDown() {
        var rounds = Rounds(2_000)
        let count = rounds.batchCount
        var number = 0
        rounds.run(40) { _ in
            number += 1
            return number % 10 == 0 ? nil : Self.error(500)
        }
        #expect(rounds.queries.allSatisfy { $0 <= count + 66 }, "\(rounds.queries)")
    }

    @Test("stops at one graph: the others have their turn", arguments: [429, 503, 401])
    func obstacle(status: Int) {
        var rounds = Rounds(200)
        let all = Set(rounds.wanted)
        rounds.run(12) { batch in
            batch.series.contains { $0.graphID == "g10050" } ? Self.error(status) : nil
        }
        let left = Set(all.subtracting(rounds.answered).map(\.graphID))
        #expect(left.contains("g10050") && left.count <= 22, "\(left.sorted())")
    }

    @Test("answers three queries of each round: every graph has its turn", arguments: 3...12)
    func limited(count: Int) {
        var rounds = Rounds(count * 20)
        let all = Set(rounds.wanted)
        for _ in 0..<2 * count {
            var left = 3
            rounds.run { _ in
                left -= 1
                return left < 0 ? Self.error(429) : nil
            }
        }
        #expect(rounds.answered == all)
    }

    @Test("forbids one graph: the others are answered")
    func forbiddenGraph() {
        for graph in ["g10000", "g10050", "g10199"] {
            var rounds = Rounds(200)
            let all = Set(rounds.wanted)
            rounds.run(12) { batch in
                batch.series.contains { $0.graphID == graph } ? Self.error(403) : nil
            }
            #expect(rounds.answered == all.filter { $0.graphID != graph })
            #expect(rounds.interruptions.allSatisfy { $0 == nil })
        }
    }

    @Test("forbids the queries that end first: those in flight tell that others are answered")
    func forbiddenFirst() {
        let rounds = Rounds(80)
        var work = CloudEyeWork(
            CloudEyeRound(known: rounds.known),
            rounds.wanted,
            to: Self.start
        )
        var inFlight: [CloudEyeBatch] = []
        while let batch = work.next() { inFlight.append(batch) }
        #expect(inFlight.count == 4)
        for batch in inFlight.prefix(2) {
            _ = work.take(.failure(Self.error(403)), of: batch, at: .zero)
        }
        for batch in inFlight.dropFirst(2) {
            _ = work.take(.success(CloudEyeAnswer()), of: batch, at: .zero)
        }
        let round = work.ended(at: .zero)
        #expect(round.interruption == nil)
        #expect(round.known.suspects.count == 4, "both are divided")
    }

    @Test("forbids everything: asked twice and no more", arguments: [1, 20, 2_000])
    func forbidden(count: Int) {
        var rounds = Rounds(count)
        rounds.run { _ in Self.error(403) }
        #expect(rounds.queries[0] <= 2)
        #expect(rounds.interruptions == [.forbidden("response 403: no")])
    }

    @Test("forbids everything from some query on: that is noticed within the round")
    func forbiddenMeanwhile() {
        var rounds = Rounds(2_000)
        var number = 0
        rounds.run { _ in
            number += 1
            return number > 20 ? Self.error(403) : nil
        }
        #expect(rounds.queries == [28])
        #expect(rounds.interruptions == [.forbidden("response 403: no")])
        #expect(rounds.known.refused.isEmpty)
    }

    @Test("asks for the longest of the pauses that requests in flight were told")
    func interruptions() {
        var round = CloudEyeRound(known: CloudEyeKnowledge())
        let order: [RoundInterruption] = [
            .time, .throttled(retryAfter: .seconds(5)), .credential,
            .throttled(retryAfter: .seconds(90)), .throttled(retryAfter: nil), .time,
        ]
        for one in order { round.interrupt(one) }
        #expect(round.interruption == .throttled(retryAfter: .seconds(90)))
        round.interrupt(.forbidden("no"))
        round.interrupt(.throttled(retryAfter: nil))
        #expect(round.interruption == .forbidden("no"))
    }
}
