import Cycle
import GES
import Time

/// The queries of one round, and what became of them. Pure: time is an argument.
///
/// A query that the service refuses, or that fails while others are answered, is divided until what
/// is at fault is alone, and that is left out for a while. The parts are asked for apart from
/// everything else, so they take nothing from the other graphs. What a round does not get to is
/// continued by the next one.
struct CloudEyeWork {
    private(set) var round: CloudEyeRound
    private var pending: ArraySlice<CloudEyeBatch>
    /// Every series of the round, in the order in which it is asked for.
    private let wanted: [CloudEyeSeries]
    private let to: Timestamp
    /// Queries that failed for a reason that may be the moment's.
    private var failed: [CloudEyeBatch] = []
    /// Parts of divided queries that this round does not ask for.
    private var left: [CloudEyeBatch] = []
    private var divisions = 0
    /// Whether a metric was found that is refused for all: what was at fault in most parts.
    private var isMetricRefused = false
    /// The metrics of which anything was answered.
    private var answered: Set<CloudEyeMetric> = []
    /// Refused one after the other, without an answer in between.
    private var forbiddenInSuccession = 0
    /// The words of the newest 403.
    private var refusal: String?
    /// What a round asked for first and got no answer to. The next one begins behind it.
    private var obstacle: CloudEyeBatch?

    /// Refused queries that are divided in one round. One bad metric among 500 takes eighteen.
    private static let maximumDivisions = 60
    /// Failing queries that are asked for in parts. More of them are a fault of the service.
    private static let maximumSuspects = 64
    /// A metric that so many graphs are refused alone is refused for all.
    private static let refusedGraphs = 3
    /// So many 403 in succession mean the credential and not a graph; fewer if nothing is answered.
    private static let maximumForbidden = (afterAnswers: 8, withoutAnswers: 2)

    /// - Parameter wanted: what to ask for, the most urgent first.
    init(_ round: CloudEyeRound, _ wanted: [CloudEyeSeries], to: Timestamp) {
        self.round = round
        self.wanted = wanted
        self.to = to
        let newest = round.known.newest
        let all = Set(wanted)
        let suspects = round.known.suspects.map { $0.filter(all.contains) }.filter { !$0.isEmpty }
        let apart = Set(suspects.joined())
        var parts = suspects.flatMap { CloudEyeBatch.batches(of: $0, newest: newest, to: to) }[...]
        for index in parts.indices { parts[index].isPart = true }
        let usual = wanted.filter { !apart.contains($0) }
        var pending: [CloudEyeBatch] = []
        for batch in CloudEyeBatch.batches(of: usual, newest: newest, to: to) {
            pending.append(batch)
            // Both have their turn, even if the time suffices for few.
            if let part = parts.popFirst() { pending.append(part) }
        }
        self.pending = (pending + parts)[...]
    }

    /// The next query; nil if there is none, or the round was interrupted.
    mutating func next() -> CloudEyeBatch? {
        skipRefused()
        return round.interruption == nil ? pending.popFirst() : nil
    }

    var hasNext: Bool { round.interruption == nil && !pending.isEmpty }

    /// A metric may be found to be refused after a query with it was planned.
    private mutating func skipRefused() {
        let refused = round.known.refusedMetrics
        while !refused.isEmpty, var batch = pending.first,
            batch.series.contains(where: { refused[$0.metric] != nil })
        {
            pending.removeFirst()
            batch.series.removeAll { refused[$0.metric] != nil }
            if !batch.series.isEmpty { pending.insert(batch, at: pending.startIndex) }
        }
    }

    mutating func interrupt(_ interruption: RoundInterruption) {
        round.interrupt(interruption)
    }

    /// Takes an answer. Returns the samples that are new.
    mutating func take(
        _ result: Result<CloudEyeAnswer, GESError>,
        of batch: CloudEyeBatch,
        at now: Duration
    ) -> [DelayedSample] {
        switch result {
        case .success(let answer):
            forbiddenInSuccession = 0
            answered.formUnion(batch.series.lazy.map(\.metric))
            return take(answer)
        case .failure(let error):
            round.count(error)
            fail(error, batch, at: now)
            return []
        }
    }

    private mutating func take(_ answer: CloudEyeAnswer) -> [DelayedSample] {
        round.answerCount += 1
        round.faults.merge(answer.faults, uniquingKeysWith: +)
        var new: [DelayedSample] = []
        for sample in answer.samples {
            let series = sample.series
            if let newest = round.known.newest[series.graphID]?[series.metric],
                sample.time - newest < CloudEyeAnswer.shortestPeriod
            {
                continue
            }
            round.known.newest[series.graphID, default: [:]][series.metric] = sample.time
            new.append(
                DelayedSample(
                    graphID: series.graphID,
                    metric: series.metric.graphMetric,
                    at: sample.time,
                    value: sample.value
                )
            )
        }
        round.sampleCount += new.count
        return new
    }

    // MARK: Failures

    private mutating func fail(_ error: GESError, _ batch: CloudEyeBatch, at now: Duration) {
        switch error {
        case .throttled(_, let retryAfter): stop(.throttled(retryAfter: retryAfter), at: batch)
        case .unauthorised(let failure) where failure.status == 403:
            forbiddenInSuccession += 1
            let limit =
                round.answerCount > 0
                ? Self.maximumForbidden.afterAnswers : Self.maximumForbidden.withoutAnswers
            refusal = "\(failure)"
            // The credential may lack the permission for some graphs only.
            failed.append(batch)
            if forbiddenInSuccession >= limit { round.interrupt(.forbidden("\(failure)")) }
        case .unauthorised, .credentials: stop(.credential, at: batch)
        case .api(let failure) where Self.isRefusal(failure.status): divide(batch, at: now)
        case .http, .api, .malformed, .notJSON, .unexpected, .invalidArgument, .withdrawn,
            .noAddress, .refusedAddress:
            failed.append(batch)
        }
    }

    private mutating func stop(
        _ interruption: RoundInterruption,
        at batch: CloudEyeBatch
    ) {
        round.interrupt(interruption)
        if round.answerCount == 0, obstacle == nil { obstacle = batch }
        pending.insert(batch, at: pending.startIndex)
    }

    /// Whether the content of the query is at fault, and neither the moment nor the address.
    private static func isRefusal(_ status: Int) -> Bool { [400, 413, 422].contains(status) }

    /// Asks for both halves of a refused query, until the metric that is at fault is alone.
    private mutating func divide(_ batch: CloudEyeBatch, at now: Duration) {
        guard let halves = batch.halves else { return refuse(batch.series, at: now) }
        if divisions < Self.maximumDivisions {
            divisions += 1
            pending = ArraySlice(halves + pending)
        } else {
            left.append(batch)
        }
    }

    /// Leaves out what is at fault alone. A metric that several graphs are refused is left out for
    /// all, or each of them would have to be found.
    private mutating func refuse(_ series: [CloudEyeSeries], at now: Duration) {
        let until = now + CloudEyeKnowledge.refusalTime
        for one in series {
            round.known.refused[one] = until
            let graphs = round.known.refused.keys.count { $0.metric == one.metric }
            if graphs >= Self.refusedGraphs, !isAnswered(one.metric) {
                round.known.refusedMetrics[one.metric] = until
                isMetricRefused = true
            }
        }
    }

    private func isAnswered(_ metric: CloudEyeMetric) -> Bool {
        let horizon = to - DelayedSamples.longestAge
        return answered.contains(metric)
            || round.known.newest.values.contains { $0[metric].map { $0 > horizon } ?? false }
    }

    /// The round as it ended.
    func ended(at now: Duration) -> CloudEyeRound {
        var work = self
        if case .forbidden = round.interruption, round.answerCount > 0,
            forbiddenInSuccession < Self.maximumForbidden.afterAnswers
        {
            // A query that was in flight meanwhile was answered.
            work.round.interruption = nil
        } else if round.answerCount == 0, let refusal {
            work.round.interrupt(.forbidden(refusal))
        }
        work.divideFailed(at: now)
        var parts = work.pending.filter(\.isPart) + work.left
        if let obstacle, obstacle == parts.first { parts.append(parts.removeFirst()) }
        if isMetricRefused { parts = [] }
        work.round.known.suspects = parts.map(\.series)
        work.round.known.next = work.start(apart: Set(parts.flatMap(\.series)))
        return work.round
    }

    /// If other queries were answered, what failed may be at fault. It is divided once per round:
    /// should the service be at fault after all, that costs it few requests more.
    private mutating func divideFailed(at now: Duration) {
        guard round.answerCount > 0 else {
            left += failed.filter(\.isPart)
            return
        }
        var room = Self.maximumSuspects - left.count - pending.count(where: \.isPart)
        for batch in failed.filter(\.isPart) + failed.filter({ !$0.isPart }) {
            guard let halves = batch.halves else {
                for one in batch.series {
                    round.known.refused[one] = now + CloudEyeKnowledge.refusalTime
                }
                continue
            }
            let parts = room >= halves.count ? halves : batch.isPart && room > 0 ? [batch] : []
            left += parts
            room -= parts.count
        }
    }

    /// The graph that the next round begins with; nil for any.
    private func start(apart: Set<CloudEyeSeries>) -> String? {
        let rest = (pending + left).lazy.flatMap(\.series).filter { !apart.contains($0) }
        var graphs = Set(rest.map(\.graphID))
        if let obstacle { graphs.subtract(obstacle.series.map(\.graphID)) }
        return graphs.isEmpty ? nil : wanted.first { graphs.contains($0.graphID) }?.graphID
    }
}
