import GESSimulator
import Time

/// The kinds of event from which plans are drawn.
package enum FaultKind: String, CaseIterable, Sendable {
    /// A graph hangs, and perhaps recovers by itself.
    case hang
    /// The data plane of a graph is silent, closes connections, is slow or returns errors for a
    /// while.
    case dataPlane
    /// A graph runs a healthy task, has another status for a while, or is reported late.
    case work
    /// Reads of the management plane fail or are incomplete.
    case listing
    /// The next restart is refused, throttled, or lost before or after it is carried out.
    case restartAnswer
    /// The next accepted restart fails, takes forever or leaves no trace.
    case restartCourse
    case outage
    case credentials
    /// The host's wall clock is set, or the gateway's is wrong.
    case clock

    var isOfGraphs: Bool {
        switch self {
        case .hang, .dataPlane, .work: true
        default: false
        }
    }

    func entries(about graph: Int, with draws: inout FaultDraws) -> [FaultPlan.Entry] {
        let begin = draws.time()
        switch self {
        case .hang: return hang(graph, begin, &draws)
        case .dataPlane: return dataPlane(graph, begin, &draws)
        case .work: return work(graph, begin, &draws)
        case .listing: return listing(begin, &draws)
        case .restartAnswer: return [.init(at: begin, restartAnswer(&draws))]
        case .restartCourse:
            let event = FaultEvent.fault(
                .restart(draws.pick(Self.courses)),
                .restartGraph,
                carriedOut: false,
                count: 1,
                lasting: draws.duration(3600...14_400)
            )
            return [.init(at: begin, event)]
        case .outage:
            let manner = draws.pick(Outage.Manner.allCases)
            let services: [CloudService?] = [nil, nil, .ges, .iam, .dataPlane]
            let service = manner == .refuse ? nil : draws.pick(services)
            return [.init(at: begin, .outage(manner, service, lasting: draws.duration(5...1800)))]
        case .credentials: return credentials(begin, &draws)
        case .clock: return clock(begin, &draws)
        }
    }

    private func hang(
        _ graph: Int,
        _ begin: Duration,
        _ draws: inout FaultDraws
    ) -> [FaultPlan.Entry] {
        let restarts = draws.pick([1, 1, 1, 1, 1, 1, 2, 3, nil])
        let hang = FaultEvent.hang(
            graph: graph,
            draws.pick(HangKind.allCases),
            restarts: restarts
        )
        let recovery = draws.duration(30...7200)
        let recovers = restarts == nil || draws.chance(1, of: 3)
        return [.init(at: begin, hang)]
            + (recovers ? [.init(at: begin + recovery, .heal(graph: graph))] : [])
    }

    private func dataPlane(
        _ graph: Int,
        _ begin: Duration,
        _ draws: inout FaultDraws
    ) -> [FaultPlan.Entry] {
        let manner = draws.pick([
            DataPlaneManner.silent, .silent, .dropping, .slow(draws.duration(1...15)),
            .failing(FaultText.error("GES.8602")), .failing(FaultText.error("GES.9999")),
        ])
        let end = begin + draws.duration(10...3600)
        return [
            .init(at: begin, .manner(graph: graph, manner)),
            .init(at: end, .manner(graph: graph, .answering)),
        ]
    }

    private func work(
        _ graph: Int,
        _ begin: Duration,
        _ draws: inout FaultDraws
    ) -> [FaultPlan.Entry] {
        let end = begin + draws.duration(60...7200)
        switch draws.number(below: 6) {
        case 0:
            let status = draws.pick([
                SimulatedGraph.Status.faulty, .stopped, .backingUp, "208", "999",
            ])
            return [
                .init(at: begin, .status(graph: graph, status)),
                .init(at: end, .heal(graph: graph)),
            ]
        case 1:
            return [
                .init(at: begin, .lag(graph: graph, draws.duration(10...300))),
                .init(at: end, .lag(graph: graph, .zero)),
            ]
        default:
            let kind = draws.pick(WorkKind.allCases)
            return [.init(at: begin, .work(graph: graph, kind, lasting: end - begin))]
        }
    }

    private static let courses: [RestartCourse] = [
        .jobFails(reason: FaultText.reason), .endsIn(.faulty, reason: FaultText.reason),
        .endsIn(.stopped, reason: FaultText.reason), .staysIn(.starting), .staysIn(.stopping),
        .jobLost, .ignored,
    ]

    private func listing(_ begin: Duration, _ draws: inout FaultDraws) -> [FaultPlan.Entry] {
        let operation = draws.pick([
            Operation.listGraphs, .listGraphs, .listGraphs, .listJobs, .showGraph, .showJob,
        ])
        let fault = draws.pick([
            Fault.error(FaultText.error("APIGW.0613")), .throttled(.seconds(5)), .throttled(nil),
            .html(status: 502), .hang, .drop, .truncated, .garbage(status: 200),
            .emptyBody(status: 200), .shiftedPage(by: -1), .wrongTotal(1000), .nulls,
            .late(.seconds(5)),
        ])
        let event = FaultEvent.fault(
            fault,
            operation,
            carriedOut: false,
            count: draws.chance(1, of: 2) ? draws.number(below: 5) + 1 : nil,
            lasting: draws.duration(10...1200)
        )
        return [.init(at: begin, event)]
    }

    private func restartAnswer(_ draws: inout FaultDraws) -> FaultEvent {
        let fault = draws.pick([
            Fault.error(FaultText.error("GES.7016")), .error(FaultText.error("GES.7005")),
            .throttled(.seconds(60)), .throttled(nil), .hang, .hang, .drop, .drop,
            .html(status: 502), .emptyObject, .late(.seconds(10)),
        ])
        return .fault(
            fault,
            .restartGraph,
            carriedOut: draws.chance(1, of: 2),
            count: draws.number(below: 2) + 1,
            lasting: draws.duration(3600...14_400)
        )
    }

    private func credentials(_ begin: Duration, _ draws: inout FaultDraws) -> [FaultPlan.Entry] {
        guard draws.chance(1, of: 3) else { return [.init(at: begin, .revocation)] }
        return [
            .init(at: begin, .password(isRight: false)),
            .init(at: begin + draws.duration(60...3600), .password(isRight: true)),
        ]
    }

    private func clock(_ begin: Duration, _ draws: inout FaultDraws) -> [FaultPlan.Entry] {
        let size = draws.duration(draws.pick([1...10, 10...120, 120...3600, 3600...21_600]))
        let step = draws.chance(1, of: 2) ? size : .zero - size
        guard draws.chance(1, of: 3) else { return [.init(at: begin, .wallJump(step))] }
        return [
            .init(at: begin, .gatewayClock(error: step)),
            .init(at: begin + draws.duration(600...3600), .gatewayClock(error: .zero)),
        ]
    }
}

/// The random numbers of one kind of event.
struct FaultDraws {
    private var generator: SeededGenerator
    private let span: Duration

    init(seed: UInt64, kind: FaultKind, duration: Duration) {
        // FNV-1a of the name, so that adding a kind does not change the streams of the others.
        let stream = kind.rawValue.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3
        }
        generator = SeededGenerator(seed: seed ^ stream)
        span = duration
    }

    /// The whole part of the expected number, plus one with a probability of its fraction.
    mutating func count(expected: Double) -> Int {
        let whole = expected.rounded(.down)
        let fraction = Double(generator.next() >> 11) / Double(1 << 53 as UInt64)
        return Int(whole) + (fraction < expected - whole ? 1 : 0)
    }

    mutating func number(below bound: Int) -> Int {
        Int(generator.next() % UInt64(max(1, bound)))
    }

    mutating func chance(_ part: Int, of whole: Int) -> Bool {
        number(below: whole) < part
    }

    mutating func pick<Choice>(_ choices: [Choice]) -> Choice {
        choices[number(below: choices.count)]
    }

    /// Seconds, to the millisecond.
    mutating func duration(_ seconds: ClosedRange<Int>) -> Duration {
        .milliseconds(seconds.lowerBound * 1000 + number(below: seconds.count * 1000 - 999))
    }

    mutating func time() -> Duration {
        .milliseconds(number(below: Int(span.wholeMilliseconds)))
    }
}
