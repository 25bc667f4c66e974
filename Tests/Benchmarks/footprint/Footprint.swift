import Foundation
import Measurements
import Workbench

/// The cost of monitoring 500 graphs, compared with well-known programs.
@main
enum Footprint {
    private static let usage: [(name: String, meaning: String)] = [
        ("graphs", "N        number of graphs, 500"),
        ("warm-up", "TIME    not measured, 2m"),
        ("duration", "TIME   measured, 4m"),
        ("binary", "PATH     the program, .build/release/graphwarden"),
    ]

    /// CPU as a percentage of one core, memory in megabytes of 2^20 bytes.
    private static let cpuPercentMaximum = 1.0
    private static let residentMaximum = 45.0

    static func main() async {
        await benchmark(usage) { options in
            try await run(options)
        }
    }

    private static func run(_ options: Options) async throws -> Verdict {
        let graphs = try options.number("graphs", 500)
        let warmUp = try options.seconds("warm-up", 120)
        let duration = try options.seconds("duration", 240)
        let setup = try await FootprintSetup.start(
            Programs.graphwarden(options),
            graphs: graphs
        )
        do {
            say("\(graphs) graphs every 30 s; warming up for \(Int(warmUp)) s")
            try await setup.scrapeNodeExporter(forSeconds: warmUp)
            say("measuring for \(Int(duration)) s")
            let costs = try await measure(setup, seconds: duration)
            await setup.end()
            return report(costs)
        } catch {
            await setup.end()
            throw error
        }
    }

    private static func measure(_ setup: FootprintSetup, seconds: Double) async throws -> [Cost] {
        let started = Date.now
        let before = try setup.measured.map { try $0.reading() }
        var resident = [[Double]](repeating: [], count: before.count)
        while -started.timeIntervalSinceNow < seconds {
            try await setup.scrapeNodeExporter(forSeconds: 15)
            for (index, program) in setup.measured.enumerated() {
                resident[index].append(try program.reading().residentMegabytes)
            }
        }
        let wall = -started.timeIntervalSinceNow
        return try setup.measured.enumerated().map { index, program in
            let cpu = try program.reading().cpuSeconds - before[index].cpuSeconds
            return Cost(
                name: program.name,
                cpuPercent: 100 * cpu / wall,
                resident: resident[index].median,
                residentMaximum: resident[index].max() ?? 0
            )
        }
    }

    private struct Cost {
        let name: String
        let cpuPercent: Double
        let resident: Double
        let residentMaximum: Double
    }

    private static func report(_ costs: [Cost]) -> Verdict {
        let agent = costs[0]
        say(
            "program".left(26) + "CPU %".right(8) + "RSS MB".right(9) + "highest".right(9)
                + "CPU ratio".right(11) + "RSS ratio".right(11)
        )
        for cost in costs {
            say(
                cost.name.left(26) + cost.cpuPercent.text(2).right(8)
                    + cost.resident.text(1).right(9) + cost.residentMaximum.text(1).right(9)
                    + (cost.cpuPercent / agent.cpuPercent).text(1).right(11)
                    + (cost.resident / agent.resident).text(1).right(11)
            )
        }
        let isCheap =
            agent.cpuPercent < cpuPercentMaximum && agent.residentMaximum < residentMaximum
        say(
            "\(isCheap ? "PASS" : "FAIL"): graphwarden took \(agent.cpuPercent.text(2)) % of one core"
                + " (bound \(cpuPercentMaximum.text(0)) %) and at most"
                + " \(agent.residentMaximum.text(1)) MB (bound \(residentMaximum.text(0)) MB)"
        )
        return isCheap ? .good : .boundMissed
    }
}
