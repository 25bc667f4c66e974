import Cycle
import GES
import Time

/// The result of asking Cloud Eye once for everything.
struct CloudEyeRound: Sendable {
    /// Why a round ended early.
    enum Interruption: Hashable, Sendable {
        /// 429 or 503.
        case throttled(retryAfter: Duration?)
        /// 403, with the words of the service.
        case forbidden(String)
        /// There is no credential, or it has expired. The polls renew it.
        case credential
        /// Its time was over, or the steps could not take more.
        case time
    }

    var interruption: Interruption?
    var known: CloudEyeKnowledge
    /// The number of queries that were answered.
    var answerCount = 0
    /// The number of samples that are new.
    var sampleCount = 0
    /// By the value of the metric label `reason`.
    var failures: [String: Int] = [:]
    var faults: [CloudEyeFault: Int] = [:]
    /// The sampler's generation when the round began.
    var generation = 0

    init(known: CloudEyeKnowledge) {
        self.known = known
    }

    /// Whether every metric was asked for and every answer understood.
    var isComplete: Bool { interruption == nil && failures.isEmpty }

    mutating func count(_ error: GESError) { failures[error.reason, default: 0] += 1 }
}

/// The queries of one round, and what became of them. Pure: time is an argument.
struct CloudEyeWork {
    private(set) var round: CloudEyeRound
    private var pending: ArraySlice<CloudEyeBatch>
    private var refusals = 0

    /// Refused queries that are divided in one round. One bad metric among 500 takes eighteen.
    private static let maximumRefusals = 60

    init(_ round: CloudEyeRound, _ batches: [CloudEyeBatch]) {
        self.round = round
        pending = batches[...]
    }

    /// The next query; nil if there is none, or the round was interrupted.
    mutating func next() -> CloudEyeBatch? {
        round.interruption == nil ? pending.popFirst() : nil
    }

    var hasNext: Bool { round.interruption == nil && !pending.isEmpty }

    mutating func interrupt(_ interruption: CloudEyeRound.Interruption) {
        round.interruption = round.interruption ?? interruption
    }

    /// Takes an answer. Returns the samples that are new.
    mutating func take(
        _ result: Result<CloudEyeAnswer, GESError>,
        of batch: CloudEyeBatch,
        at now: Duration
    ) -> [DelayedSample] {
        switch result {
        case .success(let answer): return take(answer)
        case .failure(let error):
            fail(error, batch, at: now)
            return []
        }
    }

    private mutating func take(_ answer: CloudEyeAnswer) -> [DelayedSample] {
        round.answerCount += 1
        round.faults.merge(answer.faults, uniquingKeysWith: +)
        var new: [DelayedSample] = []
        for sample in answer.samples {
            if let newest = round.known.newest[sample.series], newest >= sample.time { continue }
            round.known.newest[sample.series] = sample.time
            new.append(
                DelayedSample(
                    graphID: sample.series.graphID,
                    metric: sample.series.metric.graphMetric,
                    at: sample.time,
                    value: sample.value
                )
            )
        }
        round.sampleCount += new.count
        return new
    }

    private mutating func fail(_ error: GESError, _ batch: CloudEyeBatch, at now: Duration) {
        switch error {
        case .throttled(_, let retryAfter):
            interrupt(.throttled(retryAfter: retryAfter))
            pending.insert(batch, at: pending.startIndex)
        case .unauthorised(let failure) where failure.status == 403:
            interrupt(.forbidden("\(failure)"))
            pending.insert(batch, at: pending.startIndex)
        case .unauthorised, .credentials:
            interrupt(.credential)
            pending.insert(batch, at: pending.startIndex)
        case .api(let failure) where Self.isRefusal(failure.status): divide(batch, at: now)
        case .http, .api, .malformed, .notJSON, .unexpected, .invalidArgument, .withdrawn,
            .noAddress, .refusedAddress:
            break
        }
        round.count(error)
    }

    /// Whether the query itself is at fault, and not the moment. 408 is a timeout.
    private static func isRefusal(_ status: Int) -> Bool {
        (400..<500).contains(status) && status != 408
    }

    /// Asks for both halves of a refused query, until the metric that is at fault is alone. It is
    /// then left out for a while.
    private mutating func divide(_ batch: CloudEyeBatch, at now: Duration) {
        refusals += 1
        guard refusals <= Self.maximumRefusals else { return }
        if let halves = batch.halves {
            pending = ArraySlice(halves + pending)
        } else {
            for series in batch.series {
                round.known.refused[series] = now + CloudEyeKnowledge.refusalTime
            }
        }
    }

    /// The round as it ended.
    ///
    /// - Parameter order: the series in the order in which they were to be asked for.
    func ended(_ order: [CloudEyeSeries]) -> CloudEyeRound {
        var round = round
        let left = Set(pending.flatMap(\.series).map(\.graphID))
        round.known.next =
            left.isEmpty ? nil : order.first { left.contains($0.graphID) }?.graphID
        return round
    }
}
