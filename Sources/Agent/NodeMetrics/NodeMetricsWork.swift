import Cycle
import GES
import HTTPClient
import Time

/// The requests of one round, spread over the interval, and what became of them. Pure: time is an
/// argument.
///
/// Graphs are separate servers, so one that fails or limits requests is left alone and the others
/// are asked. If several in succession limit requests, or none answers, the round ends and all of
/// them are left alone. What a round does not get to is continued by the next one.
struct NodeMetricsWork {
    private(set) var round: NodeMetricsRound
    private var pending: ArraySlice<String>
    /// When the next request may begin, in elapsed time.
    private(set) var nextAt: Duration
    private let interval: Duration
    private let spacing: Duration
    private let began: Duration
    /// Graphs that limited requests one after the other, without an answer in between.
    private var throttledInSuccession = 0
    /// The longest pause that any of them asked for.
    private var retryAfter: Duration?
    /// The failures that may be everybody's.
    private var silent = 0
    private var refusal: String?

    /// So many graphs that limit requests in succession mean a limit that they share.
    private static let maximumThrottled = 3

    /// - Parameter began: in elapsed time.
    init(
        _ round: NodeMetricsRound,
        _ wanted: [String],
        interval: Duration,
        began: Duration
    ) {
        self.round = round
        self.interval = interval
        pending = wanted[...]
        nextAt = began
        self.began = began
        // The last answers come before the next round is due.
        spacing = interval * 9 / 10 / max(1, wanted.count)
    }

    var hasNext: Bool { round.interruption == nil && !pending.isEmpty }

    /// The next graph to ask, if it is time for it.
    mutating func next(at now: Duration) -> String? {
        guard hasNext else { return nil }
        guard now < began + interval else {
            round.interrupt(.time)
            return nil
        }
        guard now >= nextAt else { return nil }
        // One that is late is not followed by a burst.
        nextAt = max(nextAt + spacing, now)
        return pending.popFirst()
    }

    /// Takes the answer of a graph. Returns what is new.
    mutating func take(
        _ result: Result<NodeMetrics, GESError>,
        of graph: String,
        at now: Duration,
        wall: Timestamp
    ) -> NodeReading? {
        switch result {
        case .success(let answer):
            throttledInSuccession = 0
            round.answerCount += 1
            round.known.noteAnswer(of: graph)
            round.faults.merge(answer.faults, uniquingKeysWith: +)
            let reading = NodeReading(answer, of: graph, at: answer.time ?? wall)
            round.sampleCount += reading.samples.count
            return reading.samples.isEmpty ? nil : reading
        case .failure(let error):
            fail(error, graph, at: now)
            return nil
        }
    }

    private mutating func fail(_ error: GESError, _ graph: String, at now: Duration) {
        guard !error.isCancellation else { return }
        guard !error.lacksOperation else {
            round.failures["unsupported", default: 0] += 1
            round.known.noteUnsupported(graph, roundBegan: began)
            return
        }
        round.count(error)
        switch error {
        case .throttled(_, let wait): throttle(graph, wait, at: now)
        case .api(let failure) where failure.status == 503: throttle(graph, nil, at: now)
        case .credentials:
            pending.insert(graph, at: pending.startIndex)
            round.interrupt(.credential)
        case .unauthorised(let failure):
            if failure.status == 403 { refusal = "\(failure)" }
            round.known.noteFailure(of: graph, interval: interval, roundBegan: began)
        case .http, .api, .malformed, .notJSON, .unexpected, .invalidArgument, .withdrawn,
            .noAddress, .refusedAddress:
            if error.isOfEverybody { silent += 1 }
            round.known.noteFailure(of: graph, interval: interval, roundBegan: began)
        }
    }

    private mutating func throttle(_ graph: String, _ wait: Duration?, at now: Duration) {
        retryAfter = [retryAfter, wait].compactMap(\.self).max()
        throttledInSuccession += 1
        round.known.noteFailure(
            of: graph,
            interval: interval,
            roundBegan: began,
            until: now + min(wait ?? .zero, SourcePause.longestRequested)
        )
        if throttledInSuccession >= Self.maximumThrottled {
            round.interrupt(.throttled(retryAfter: retryAfter))
        }
    }

    /// The round as it ended.
    func ended() -> NodeMetricsRound {
        var ended = round
        if round.answerCount == 0 {
            if throttledInSuccession > 0 || silent > 0 {
                ended.interrupt(.throttled(retryAfter: retryAfter))
            } else if let refusal {
                ended.interrupt(.forbidden(refusal))
            }
        }
        ended.known.next = pending.first
        return ended
    }
}

extension GESError {
    /// Whether the graph says that its version lacks what it was asked for.
    var lacksOperation: Bool {
        guard case .api(let failure) = self else { return false }
        if [404, 405, 501].contains(failure.status) { return true }
        let words = failure.message.lowercased()
        return ["not support", "unsupported"].contains(where: words.contains)
    }

    /// Whether a network or a service that the graphs share may be at fault.
    fileprivate var isOfEverybody: Bool {
        switch self {
        case .http(let cause): cause.kind != .responseTooLarge
        case .api(let failure): failure.status >= 500
        default: false
        }
    }
}
