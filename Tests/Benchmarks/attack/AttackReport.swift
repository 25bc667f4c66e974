import Workbench

/// What an attack did to the agent, and the bounds.
struct AttackReport {
    private static let scrapeBoundSeconds = 0.1
    /// The default timeout of a scrape.
    private static let firstScrapeBoundSeconds = 10.0
    private static let memoryBoundMegabytes = 200.0

    let seconds: Double
    let watchdogSeconds: Double
    var polls = 0.0
    var longestPollGapSeconds = 0.0
    var scrapeSeconds: [Double] = []
    var healthSeconds: [Double] = []
    /// Of a scraper that is not known yet; nil without an answer.
    var firstScrapeSeconds: Double?
    var failures = 0
    var healthFailures = 0
    var residentMegabytes = 0.0
    var watchdogGapSeconds = 0.0
    var exitStatus: Int32?
    var stopSeconds = 0.0
    var attacks = ""

    init(seconds: Double, watchdogSeconds: Double) {
        self.seconds = seconds
        self.watchdogSeconds = watchdogSeconds
    }

    mutating func note(_ scrape: (status: Int, seconds: Double, body: String)?, _ polls: Polls) {
        guard let scrape, scrape.status == 200 else { return failures += 1 }
        scrapeSeconds.append(scrape.seconds)
        polls.note(scrape.body)
    }

    mutating func noteHealth(_ answer: (status: Int, seconds: Double, body: String)?) {
        guard let answer, answer.status == 200 else { return healthFailures += 1 }
        healthSeconds.append(answer.seconds)
    }

    /// Each poll begins a second after the last one, give or take one at the ends.
    private var expectedPolls: Double { seconds - 2 }

    private var checks: [(name: String, value: String, holds: Bool)] {
        [
            (
                "polls, one a second",
                "\(polls.text(0)), longest gap \(longestPollGapSeconds.text(2)) s",
                polls >= expectedPolls
            ),
            ("scrapes without an answer", "\(failures)", failures == 0),
            ("health checks without one", "\(healthFailures)", healthFailures == 0),
            (
                "scrape seconds", Self.quantiles(scrapeSeconds),
                scrapeSeconds.quantile(0.99) < Self.scrapeBoundSeconds
            ),
            (
                "first scrape of another",
                firstScrapeSeconds.map { "\($0.text(2)) s" } ?? "no answer",
                firstScrapeSeconds ?? .infinity < Self.firstScrapeBoundSeconds
            ),
            ("health check seconds", Self.quantiles(healthSeconds), true),
            (
                "highest memory", "\(residentMegabytes.text(1)) MB",
                residentMegabytes < Self.memoryBoundMegabytes
            ),
            (
                "longest watchdog gap",
                "\(watchdogGapSeconds.text(1)) s of \(watchdogSeconds.text(0))",
                watchdogGapSeconds < watchdogSeconds / 4
            ),
            (
                "end on SIGTERM",
                "status \(exitStatus.map { "\($0)" } ?? "none"), \(stopSeconds.text(1)) s",
                exitStatus == 0
            ),
        ]
    }

    private static func quantiles(_ values: [Double]) -> String {
        "p50 \(values.quantile(0.5).text(3)), p99 \(values.quantile(0.99).text(3)),"
            + " max \(values.quantile(1).text(3)), n \(values.count)"
    }

    var holds: Bool { checks.allSatisfy(\.holds) }

    var lines: [String] {
        ["attacks: \(attacks)"]
            + checks.map { ($0.holds ? "ok    " : "FAIL  ") + $0.name.left(28) + $0.value }
    }
}

extension [Double] {
    /// 0 when empty.
    fileprivate func quantile(_ share: Double) -> Double {
        guard !isEmpty else { return 0 }
        return sorted()[Swift.min(count - 1, Int(Double(count) * share))]
    }
}
