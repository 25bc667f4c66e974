import API
import Listener
import Logging
import Time

/// Logs what the listener refused: once a minute a line for each reason, with the count and the
/// first example. So no client can flood the log.
struct RefusalReport: Sendable {
    let server: HTTPServer
    let clock: AgentClock
    let stop: StopSignal
    let logger: Logger

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
                logger.warning(
                    "Refused requests",
                    metadata: [
                        "reason": "\(reason.rawValue)", "count": "\(count)",
                        "example": "\(examples[reason] ?? "")",
                    ]
                )
            }
            logged = rejections
        }
    }
}
