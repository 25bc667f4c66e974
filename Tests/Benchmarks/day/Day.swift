import Rehearsal
import Time
import Workbench

/// How long the whole agent takes for a day in virtual time: the shipped rules, a poll every 30
/// seconds of a fleet of fifty, a graph that hangs at noon. Healthy exchanges with the cloud are
/// read as values.
@main
enum Day {
    private static let usage: [(name: String, meaning: String)] = [
        ("graphs", "N   in the fleet, 50"), ("days", "N     of virtual time, 1"),
    ]
    private static let secondsOfDayMaximum = 5.0

    static func main() async {
        await benchmark(usage) { options in
            let graphs = try options.number("graphs", 50)
            let days = try options.number("days", 1)
            var settings = SimulationSettings()
            settings.graphs = graphs
            settings.readsValues = true
            let start = ContinuousClock.now
            let (polls, restarts, isVerified) = try Simulation.run(settings) { world in
                try await world.pass(.seconds(43_200))
                world.hang(1)
                try await world.pass(.seconds(43_200 + 86_400 * (days - 1)))
                return (world.polls, world.restarts, world.isVerified(1))
            }
            let seconds = (ContinuousClock.now - start).inSeconds
            say(
                "\(days) days of \(graphs) graphs, \(polls) polls, in \(seconds.text(3)) s;"
                    + " \(restarts.values.reduce(0, +)) restarts"
            )
            guard restarts.values.reduce(0, +) == 1, isVerified else {
                say("FAIL: the graph that hangs is restarted once and verified")
                return .wrong
            }
            let bound = secondsOfDayMaximum * Double(days)
            say("\(seconds <= bound ? "PASS" : "FAIL"): bound \(bound.text(1)) s")
            return seconds <= bound ? .good : .boundMissed
        }
    }
}
