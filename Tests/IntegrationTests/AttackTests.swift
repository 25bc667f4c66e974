import Attackers
import Foundation
import GESSimulator
import SystemdListener
import TestSupport
import Testing

/// The attack benchmark, smaller and without its bounds on time.
@Suite("Under attack", .serialized)
struct AttackTests {
    private static let webConfiguration = """
        basic_auth_users:
          scraper: $2b$10$abcdefghijklmnopqrstuuMMFL9w2teCzi0SQtuDwcqjBF9WA71qW
          latecomer: $2b$10$abcdefghijklmnopqrstuuMMFL9w2teCzi0SQtuDwcqjBF9WA71qW

        """

    @Test("the agent polls, is scraped, tells systemd that it lives, and ends when told to")
    func everythingGoesOn() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let socket = try NotifyListener(in: scratch.folder.path)
        try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
            try AgentSetup().write(to: scratch, for: cloud)
            _ = try scratch.write(Self.webConfiguration, to: "web.yml")
            let process = try await AgentProcess.start(
                in: scratch.folder,
                arguments: ["--web.config.file=web.yml"],
                environment: ["NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "8000000"]
            )
            defer { process.program.signal(SIGKILL) }
            let port = try #require(URL(string: process.url)?.port)
            let (user, password) = ("scraper", "a-long-password")
            let attack = Attack(port: port, plan: .small, user: user, password: password)
            attack.start()
            let listings = {
                cloud.withCloud { cloud, _ in cloud.log.records(of: .listGraphs).count }
            }
            let before = listings()
            let scraper = Scraper(port: port, user: user, password: password)
            let health = Scraper(port: port, path: "/-/healthy", user: "nobody", password: "x")
            var (scrapes, checks, beats) = (0, 0, 0)
            try await eventually("20 polls, scrapes, health checks, and 5 beats of the watchdog") {
                if scraper.scrape()?.status == 200 { scrapes += 1 }
                if health.scrape()?.status == 200 { checks += 1 }
                beats += socket.receive().count { $0 == "WATCHDOG=1" }
                return listings() - before >= 20 && min(scrapes, checks) >= 20 && beats >= 5
            } lastSeen: {
                "\(listings() - before) polls, \(scrapes) scrapes, \(checks) checks, \(beats) beats;"
                    + " \(attack.summary)"
            }
            try await eventually("a scraper that was not known before is answered") {
                await Scraper.firstScrape(port: port, user: "latecomer", password: password) != nil
            }
            let resident = try Self.residentKilobytes(of: process.program)
            #expect(resident < 300 << 10)
            // Still under attack.
            process.program.signal(SIGTERM)
            #expect(try await process.program.exitStatus() == 0)
            await attack.end()
        }
    }

    private static func residentKilobytes(of program: Program) throws -> Int {
        let status = try String(
            contentsOfFile: "/proc/\(program.processIdentifier)/status",
            encoding: .utf8
        )
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(
            line.split { $0 == " " || $0 == "\t" }.dropFirst().first.flatMap { Int($0) }
        )
    }
}
