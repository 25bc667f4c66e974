import Time
import API
import Agent
import GESSimulator
import Cycle

/// Makes one graph hang and prints every change of its state and of the agent's decision until it
/// has recovered. Learns everything from the agent's published status: it sees what a user sees.
struct DemoNarrator {
    let cloud: SimulatedCloudServer
    let board: StatusBoard
    let addresses: [String]
    let endsAfterRecovery: Bool

    private static let recoveryLimit = Duration.seconds(120)
    /// How long the fleet is healthy before a graph hangs. Longer than the demonstration's
    /// `startup_grace`, so that the guard does not delay the restart.
    private static let healthyTime = Duration.seconds(4)
    private static let pollInterval = Duration.milliseconds(100)

    /// Runs until `stop`. Returns whether the graph was verified healthy again.
    func run(until stop: StopSignal) async -> Bool {
        let clock = AgentClock.system
        let began = clock.elapsed()
        say(clock.elapsed() - began, "A simulated cloud serves \(cloud.endpoints.management).")
        for address in addresses {
            say(
                .zero,
                "The agent serves http://\(address)/ (status page) and http://\(address)/metrics."
            )
        }
        var progress = DemoProgress()
        var hungGraph: String?
        while !stop.isRequested {
            let now = clock.elapsed() - began
            let status = board.current
            if hungGraph == nil, now > Self.healthyTime, status.inventory.graphs.count > 1 {
                hungGraph = hangOne(now)
            }
            for line in progress.changes(status, hungGraph: hungGraph) { say(now, line) }
            if progress.isRecovered, endsAfterRecovery {
                say(now, "Done.")
                return true
            }
            if now > Self.recoveryLimit, !progress.isRecovered {
                say(now, "The graph did not recover within two minutes.")
                if endsAfterRecovery { return false }
            }
            _ = await stop.race { try? await clock.sleep(Self.pollInterval) }
        }
        return progress.isRecovered || !endsAfterRecovery
    }

    /// Makes the second graph of the fleet hang. Returns its ID, or nil if there is none.
    private func hangOne(_ now: Duration) -> String? {
        let id = cloud.withCloud { cloud, instant -> String? in
            guard let id = cloud.graphs.dropFirst().first?.id else { return nil }
            cloud.hang(id, .unresponsive, restartsToHeal: 1, at: instant)
            return id
        }
        if let id {
            say(now, "Graph \(id) hangs: its status is still 200, but it no longer responds.")
        }
        return id
    }

    private func say(_ time: Duration, _ text: String) {
        let tenths = Int(time / .milliseconds(100))
        let stamp = "\(tenths / 10).\(tenths % 10)s"
        let padding = String(repeating: " ", count: max(0, 7 - stamp.count))
        Terminal.output("\(padding)\(stamp)  \(text)")
    }
}
