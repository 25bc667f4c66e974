import API
import Listener
import Time

/// Once a minute, counts what the listener refused by reason, with the first example, and reports
/// everything that was counted instead of logged. So no client can flood the log.
struct RefusalReport: Sendable {
    let server: HTTPServer
    let clock: AgentClock
    let stop: StopSignal
    let tally: LogTally

    private static let interval = Duration.seconds(60)

    func run() async {
        var logged: [RejectionReason: Int] = [:]
        while !stop.isRequested {
            _ = await stop.race { [clock] in try? await clock.sleep(Self.interval) }
            let rejections = server.statistics.rejections
            let examples = server.takeExamples()
            for reason in RejectionReason.allCases {
                let count = rejections[reason, default: 0] - logged[reason, default: 0]
                guard count > 0 else { continue }
                tally.count(
                    count,
                    "Refused requests",
                    reason: reason.rawValue,
                    ["example": "\(examples[reason] ?? "")"]
                )
            }
            tally.report()
            logged = rejections
        }
    }
}
