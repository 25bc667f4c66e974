import Attackers
import Foundation
import Synchronization
import SystemdListener
import Workbench

/// The agent, its cloud and its systemd, all under attack.
struct AttackRun {
    static let user = "scraper"
    /// A scraper that begins during the attack, with the password of the other.
    static let latecomer = "latecomer"
    static let password = "a-long-password"
    /// Of the unit.
    static let watchdogSeconds = 60.0

    let agent: AgentProcess
    let cloud: CloudProcess
    private let socket: NotifyListener
    private let folder: URL

    var port: Int { URL(string: agent.url)?.port ?? 0 }

    static func start(graphs: Int, _ binary: URL) async throws -> AttackRun {
        let folder = try Programs.folder("attack")
        // The path of a socket is short.
        let place = FileManager.default.temporaryDirectory.appending(path: "attack-\(getpid())")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        let socket = try NotifyListener(in: place.path)
        let cloud = try await CloudProcess.start(binary, graphs: graphs, in: folder)
        try Data(webConfiguration.utf8).write(to: folder.appending(path: "web.yml"))
        let agent = try await AgentProcess.start(
            binary,
            configuration: configuration(cloud.description),
            password: cloud.description.password,
            arguments: ["--web.config.file=web.yml"],
            environment: [
                "NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "\(Int(watchdogSeconds * 1e6))",
            ],
            in: folder
        )
        return AttackRun(agent: agent, cloud: cloud, socket: socket, folder: folder)
    }

    /// The bcrypt hash of `password` at cost 10.
    private static let webConfiguration = """
        basic_auth_users:
          scraper: $2b$10$abcdefghijklmnopqrstuuMMFL9w2teCzi0SQtuDwcqjBF9WA71qW
          latecomer: $2b$10$abcdefghijklmnopqrstuuMMFL9w2teCzi0SQtuDwcqjBF9WA71qW

        """

    private static func configuration(_ cloud: CloudProcess.Description) -> String {
        """
        \(cloud.section)
        sampling:
          interval: 1s
          timeout: 900ms
          data_plane: \(cloud.dataPlane)
        evaluation_interval: 1s
        webhook: {alerts: [A]}

        """
    }

    /// The attack has time to begin.
    private static func firstScrape(_ port: Int) async -> Double? {
        try? await Task.sleep(for: .seconds(3))
        return await Scraper.firstScrape(port: port, user: latecomer, password: password)
    }

    /// Attacks for `seconds` and observes the agent meanwhile.
    func attack(_ plan: AttackPlan, seconds: Double) async throws -> AttackReport {
        let port = port
        var report = AttackReport(seconds: seconds, watchdogSeconds: Self.watchdogSeconds)
        let scraper = Scraper(port: port, user: Self.user, password: Self.password)
        let health = Scraper(port: port, path: "/-/healthy", user: "nobody", password: "")
        let attack = Attack(port: port, plan: plan, user: Self.user, password: Self.password)
        // As in use: the scraper's password has been right before the attack begins.
        _ = scraper.scrape()
        attack.start()
        let began = Date.now
        var lastBeat = began
        let polls = Polls()
        let attackedPort = port
        async let firstScrape = Self.firstScrape(attackedPort)
        while -began.timeIntervalSinceNow < seconds {
            report.note(scraper.scrape(), polls)
            report.noteHealth(health.scrape())
            let reading = try agent.program.reading()
            report.residentMegabytes = max(report.residentMegabytes, reading.residentMegabytes)
            for message in socket.receive() where message == "WATCHDOG=1" {
                report.watchdogGapSeconds = max(
                    report.watchdogGapSeconds,
                    -lastBeat.timeIntervalSinceNow
                )
                lastBeat = .now
            }
            try await Task.sleep(for: .milliseconds(200))
        }
        report.watchdogGapSeconds = max(report.watchdogGapSeconds, -lastBeat.timeIntervalSinceNow)
        report.firstScrapeSeconds = await firstScrape
        report.polls = polls.count
        report.longestPollGapSeconds = polls.longestGapSeconds
        report.attacks = attack.summary
        // The agent must also end in order while it is attacked.
        let stopping = Date.now
        report.exitStatus = await agent.program.end()
        report.stopSeconds = -stopping.timeIntervalSinceNow
        await attack.end()
        await cloud.program.end()
        return report
    }
}

/// Follows the count of polls in scrapes.
final class Polls {
    private var first: Double?
    private var last = 0.0
    private var lastChange = Date.now
    private(set) var longestGapSeconds = 0.0

    var count: Double { last - (first ?? 0) }

    func note(_ body: String) {
        let series = #"graphwarden_sampling_cycles_total{source="ges_api"}"#
        for line in body.split(separator: "\n") where line.hasPrefix(series + " ") {
            guard let value = Double(line.dropFirst(series.count + 1)) else { continue }
            if first == nil { first = value }
            if value != last {
                if last > 0 {
                    longestGapSeconds = max(longestGapSeconds, -lastChange.timeIntervalSinceNow)
                }
                lastChange = .now
                last = value
            }
        }
    }
}
