import GES
import GESSimulator
import InProcessCloud
import VirtualTime
import Workbench

/// The cost of one request in a simulation, over HTTP in the process and read as a value, and of a
/// day of polls.
@main
enum Requests {
    private static let usage: [(name: String, meaning: String)] = [
        ("graphs", "N      in the fleet, 50"), ("requests", "N    of each kind, 20000"),
        ("polls", "N       of the whole fleet, 2880"),
    ]

    static func main() async {
        await benchmark(usage) { options in
            var configuration = SimulatorConfiguration()
            configuration.graphCount = try options.number("graphs", 50)
            let count = try options.number("requests", 20_000)
            for question in Question.allCases {
                let asked = question == .list ? count / 50 : count
                let http = try microseconds(question, asked, configuration, .typical) {
                    try $0.client()
                }
                let direct = try microseconds(question, asked, configuration, .typical) {
                    DirectClient($0, client: try $0.client())
                }
                let immediate = try microseconds(question, asked, configuration, .none) {
                    DirectClient($0, client: try $0.client())
                }
                say(
                    "\(question): \(http.text(2)) us over HTTP, \(direct.text(2)) us direct,"
                        + " \(immediate.text(2)) us direct and without latency"
                )
            }
            let polls = try options.number("polls", 2880)
            for (name, latencies) in [("with", Latencies.typical), ("without", .none)] {
                let time = VirtualTime()
                let seconds = try elapsed {
                    try PollLoop(configuration, latencies, time).run(polls)
                }
                say(
                    "\(polls) polls of \(configuration.graphCount) graphs, direct, \(name) latency:"
                        + " \(seconds.text(3)) s, \(time.jobCount) jobs"
                )
            }
            return .good
        }
    }

    private static func microseconds(
        _ question: Question,
        _ count: Int,
        _ configuration: SimulatorConfiguration,
        _ latencies: Latencies,
        _ makeReader: @escaping @Sendable (InProcessCloud) throws -> any CloudReader
    ) throws -> Double {
        let time = VirtualTime()
        let cloud = InProcessCloud(configuration, time: time, latencies: latencies)
        let dataPlane = cloud.dataPlane()
        return try time.run {
            let reader = try makeReader(cloud)
            let graphs = try await reader.listGraphs().graphs
            let start = ContinuousClock.now
            for number in 0..<count {
                try await question.ask(reader, graphs[number % graphs.count], dataPlane)
                // The client's rate limit is ten requests a second.
                if question.isManagement, reader is GESClient {
                    try await time.sleep(for: .milliseconds(100))
                }
            }
            return (ContinuousClock.now - start) / .microseconds(1) / Double(count)
        }
    }
}
