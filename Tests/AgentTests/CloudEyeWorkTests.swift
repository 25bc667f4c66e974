import API
import Cycle
import HTTPClient
import Testing
import Time

@testable import Agent
@testable import GES

@Suite("The queries of Cloud Eye")
struct CloudEyeWorkTests {
    private static let now = Timestamp(milliseconds: 1_735_787_100_000)

    private static func series(_ count: Int) -> [CloudEyeSeries] {
        (0..<count).map { number in
            CloudEyeSeries(
                graphID: "g\(number / 9 + 10_000)",
                metric: CloudEyeMetric.allCases[number % 9]
            )
        }
    }

    private static func failure(_ status: Int) -> GESError {
        .api(ServiceFailure(status: status, code: "ces.0014", message: ""))
    }

    /// Answers every query until there is none left, and returns the queries in order.
    private static func run(
        _ work: inout CloudEyeWork,
        _ answer: (CloudEyeBatch) -> Result<CloudEyeAnswer, GESError>
    ) -> [CloudEyeBatch] {
        var asked: [CloudEyeBatch] = []
        while let batch = work.next(), asked.count < 10_000 {
            asked.append(batch)
            _ = work.take(answer(batch), of: batch, at: .zero)
        }
        return asked
    }

    private static func work(_ series: [CloudEyeSeries]) -> CloudEyeWork {
        CloudEyeWork(CloudEyeRound(known: CloudEyeKnowledge()), series, to: now)
    }

    @Test("keep the limits of the service, whatever is known", arguments: [0, 1, 7, 60, 5_000])
    func batches(spread: Int) {
        let series = Self.series(2_000)
        var newest: [String: [CloudEyeMetric: Timestamp]] = [:]
        for (number, one) in series.enumerated() where spread > 0 {
            newest[one.graphID, default: [:]][one.metric] =
                Self.now - .seconds(Int64(number % spread * 37))
        }
        let batches = CloudEyeBatch.batches(of: series, newest: newest, to: Self.now)
        #expect(Set(batches.flatMap(\.series)) == Set(series))
        #expect(batches.reduce(0) { $0 + $1.series.count } == series.count)
        for batch in batches {
            let minutes = Int((batch.to - batch.from).wholeMilliseconds) / 60_000 + 1
            #expect(batch.series.count <= GESClient.cloudEyeBatchSize)
            #expect(batch.series.count * minutes <= GESClient.cloudEyePoints)
            #expect(batch.from < batch.to && batch.to - batch.from <= CloudEyeBatch.longestSpan)
            for one in batch.series {
                guard let known = newest[one.graphID]?[one.metric] else { continue }
                #expect(batch.from <= max(known, Self.now - CloudEyeBatch.longestSpan))
            }
        }
        #expect(batches.count <= 12, "\(batches.count)")
    }

    @Test("of which one metric is refused cost only that metric")
    func badMetric() {
        let series = Self.series(187)
        let bad = series[100]
        var work = Self.work(series)
        var answered: Set<CloudEyeSeries> = []
        let asked = Self.run(&work) { batch in
            if batch.series.contains(bad) { return .failure(Self.failure(400)) }
            answered.formUnion(batch.series)
            return .success(CloudEyeAnswer())
        }
        #expect(answered == Set(series).subtracting([bad]))
        #expect(asked.count < 20)
        let round = work.ended(at: .zero)
        #expect(Set(round.known.refused.keys) == [bad])
        #expect(round.known.refusedMetrics.isEmpty)
        var known = round.known
        #expect(!known.wanted(of: [bad.graphID], .full, at: .seconds(60)).contains(bad))
        #expect(known.wanted(of: [bad.graphID], .full, at: .seconds(3_601)).contains(bad))
        known.keep([], at: .zero, wall: Self.now)
        #expect(known.refused.isEmpty && known.newest.isEmpty)
    }

    @Test("that are all refused end soon")
    func allRefused() {
        let series = Self.series(20_000)
        var work = Self.work(series)
        let asked = Self.run(&work) { _ in .failure(Self.failure(400)) }
        #expect(asked.count <= 20_000 / 187 + 2 + 2 * 60)
        #expect(work.round.interruption == nil)
    }

    @Test(
        "one of which fails go on with the others",
        arguments: [
            failure(500), failure(408), .unexpected("x"), .notJSON(status: 200),
            .http(HTTPError(.timeout, requestMayHaveBeenSent: true, message: "")),
        ]
    )
    func oneFails(error: GESError) {
        let series = Self.series(1_000)
        var work = Self.work(series)
        var isFirst = true
        let asked = Self.run(&work) { _ in
            defer { isFirst = false }
            return isFirst ? .failure(error) : .success(CloudEyeAnswer())
        }
        #expect(asked.count == 6)
        #expect(work.round.failures == [error.reason: 1])
        #expect(!work.round.isComplete)
        #expect(work.ended(at: .zero).known.next == nil)
    }

    @Test(
        "stop when the service says so, and begin there next time",
        arguments: [
            (
                GESError.throttled(nil, retryAfter: .seconds(7)),
                RoundInterruption.throttled(retryAfter: .seconds(7))
            ),
            (.unauthorised(ServiceFailure(status: 401, code: nil, message: "")), .credential),
        ] as [(GESError, RoundInterruption)]
    )
    func stops(error: GESError, interruption: RoundInterruption) {
        let series = Self.series(1_800)
        let graphs = Set(series.map(\.graphID))
        var work = Self.work(series)
        var count = 0
        let asked = Self.run(&work) { _ in
            count += 1
            return count < 3 ? .success(CloudEyeAnswer()) : .failure(error)
        }
        #expect(asked.count == 3)
        let round = work.ended(at: .zero)
        #expect(round.interruption == interruption)
        #expect(round.known.next == asked[2].series[0].graphID)
        let wanted = round.known.wanted(of: graphs, .capacity, at: .zero)
        #expect(wanted.first?.graphID == round.known.next)
        #expect(wanted.count == series.count, "all graphs have their turn")
    }

    @Test("take each value once, in the words of rules")
    func values() {
        var work = Self.work(Self.series(9))
        var answer = CloudEyeAnswer()
        let one = CloudEyeSeries(graphID: "g", metric: .memoryUsed)
        answer.samples = [1, 2, 2].map {
            CloudEyeSample(series: one, time: Self.now + .seconds($0 * 60), value: 0.5)
        }
        let batch = CloudEyeBatch(series: [one], from: Self.now, to: Self.now)
        let new = work.take(.success(answer), of: batch, at: .zero)
        #expect(new.map(\.at) == [1, 2].map { Self.now + .seconds($0 * 60) })
        #expect(new.allSatisfy { $0.metric == .memoryUsed && $0.graphID == "g" })
        #expect(work.take(.success(answer), of: batch, at: .zero).isEmpty)
        #expect(work.round.sampleCount == 2)
    }

    @Test("ask for nothing that a complete list lacks, and for everything without one")
    func wanted() {
        var known = CloudEyeKnowledge()
        #expect(known.wanted(of: ["g"], .capacity, at: .zero).count == 9)
        #expect(known.wanted(of: ["g"], .full, at: .zero).count == 28)
        known.listed = ["g": [.memoryUsed]]
        known.listedGraphs = ["g"]
        known.listedAt = .zero
        #expect(known.wanted(of: ["g", "new"], .full, at: .zero).map(\.metric) == [.memoryUsed])
        #expect(!known.isListingDue(of: ["g"], at: .seconds(400)))
        #expect(known.isListingDue(of: ["g", "new"], at: .seconds(400)))
        #expect(known.isListingDue(of: ["g"], at: .seconds(900)))
    }

    @Test("go on after the clock was set back")
    func clockSetBack() {
        var known = CloudEyeKnowledge()
        known.newest = ["g": [.memoryUsed: Self.now]]
        known.keep(["g"], at: .zero, wall: Self.now)
        #expect(known.newest == ["g": [.memoryUsed: Self.now]])
        known.keep(["g"], at: .zero, wall: Self.now - .seconds(3_600))
        #expect(known.newest.isEmpty)
    }

    @Test("have the same metrics as the rules")
    func metrics() {
        let ids = GraphMetric.ofCloudEye.compactMap { $0.cloudEye?.id }
        #expect(Set(ids) == Set(CloudEyeMetric.allCases.map(\.rawValue)))
        #expect(ids.count == CloudEyeMetric.allCases.count)
        for metric in CloudEyeMetric.allCases {
            #expect(metric.graphMetric.cloudEye?.id == metric.rawValue)
        }
    }
}

@Suite("A pause of Cloud Eye")
struct SourcePauseTests {
    private let interval = Duration.seconds(60)

    /// Notes a round, and returns whether that is news.
    private func note(
        _ interruption: RoundInterruption?,
        isAnswered: Bool = true,
        at now: Duration = .zero,
        _ pause: inout SourcePause
    ) -> Bool {
        pause.note(interruption, isAnswered: isAnswered, interval: interval, at: now)
    }

    @Test("doubles up to sixteen intervals, and begins anew after an answer")
    func doubles() {
        var pause = SourcePause()
        var lengths: [Duration] = []
        for _ in 0..<7 {
            _ = note(.throttled(retryAfter: nil), at: .seconds(100), &pause)
            lengths.append(pause.until - .seconds(100))
        }
        #expect(lengths == [1, 2, 4, 8, 16, 16, 16].map { interval * $0 })
        let isOver = note(nil, &pause)
        #expect(isOver && pause.cause == nil)
        _ = note(.throttled(retryAfter: nil), &pause)
        #expect(pause.until == interval)
    }

    @Test("is as long as the service asks, up to an hour")
    func requested() {
        var pause = SourcePause()
        _ = note(.throttled(retryAfter: .seconds(90)), &pause)
        #expect(pause.until == .seconds(90))
        _ = note(.throttled(retryAfter: .seconds(1e9)), &pause)
        #expect(pause.until == .seconds(3_600))
    }

    @Test("without a permission lasts an hour, and is told once")
    func forbidden() {
        var pause = SourcePause()
        let isNews = note(.forbidden("no"), isAnswered: false, &pause)
        #expect(isNews && pause.until == .seconds(3_600))
        let isRepeated = note(.forbidden("no"), isAnswered: false, at: .seconds(3_600), &pause)
        #expect(!isRepeated)
        let isUnanswered = note(nil, isAnswered: false, at: .seconds(3_600), &pause)
        #expect(!isUnanswered && pause.cause == .forbidden, "no answer tells nothing")
        let isOver = note(.time, at: .seconds(7_200), &pause)
        #expect(isOver && pause.cause == nil)
    }
}

@Suite("Samples that wait for a step")
struct DelayedQueueTests {
    private static func samples(_ count: Int) -> [DelayedSample] {
        (0..<count).map {
            DelayedSample(
                graphID: "g",
                metric: .memoryUsed,
                at: Timestamp(milliseconds: Int64($0)),
                value: 1
            )
        }
    }

    @Test("are limited, and taken in order in parts")
    func limits() {
        let inbox = Inbox()
        let queue = inbox.delayed
        #expect(queue.put(Self.samples(60_000), generation: 0) == 10_000)
        #expect(!queue.hasRoom(for: 1))
        #expect(inbox.messageArrival.isSet)
        var taken: [DelayedSample] = []
        for part in 0..<2 {
            #expect(queue.isBacklogged, "\(part)")
            let some = queue.take()
            #expect(some.count == 25_000)
            taken += some
        }
        #expect(taken == Self.samples(50_000))
        #expect(queue.take().isEmpty && !queue.isBacklogged)
    }

    @Test("of another cloud are dropped")
    func generations() {
        let queue = Inbox().delayed
        _ = queue.put(Self.samples(5), generation: 0)
        queue.startOver(generation: 1)
        #expect(queue.put(Self.samples(5), generation: 0) == 0)
        #expect(queue.take().isEmpty)
        _ = queue.put(Self.samples(5), generation: 1)
        #expect(queue.take().count == 5)
    }
}
