import Foundation
import TestSupport
import Workbench

/// How long the agent takes for its pages, compared with the largest document of its API and with a
/// file that it holds ready.
@main
enum Pages {
    private static let usage: [(name: String, meaning: String)] = [
        ("graphs", "N        number of graphs, 500"),
        ("requests", "N      requests of each page, 50"),
        ("binary", "PATH     the program, .build/release/graphwarden"),
    ]

    /// The median time of a page in milliseconds.
    private static let maximumMilliseconds = 200.0

    static func main() async {
        await benchmark(usage) { options in
            let graphs = try options.number("graphs", 500)
            let requests = try options.number("requests", 50)
            let folder = try Programs.folder("pages")
            defer { try? FileManager.default.removeItem(at: folder) }
            let binary = try Programs.graphwarden(options)
            let cloud = try await CloudProcess.start(binary, graphs: graphs, in: folder)
            let agent = try await AgentProcess.start(
                binary,
                configuration: configuration(cloud.description),
                password: cloud.description.password,
                in: folder
            )
            do {
                try await waitUntilProbed(agent, graphs)
                let verdict = try await measure(agent, requests, try await cloud.graphIDs()[0])
                _ = await agent.program.end()
                _ = await cloud.program.end()
                return verdict
            } catch {
                _ = await agent.program.end()
                _ = await cloud.program.end()
                throw error
            }
        }
    }

    private static func waitUntilProbed(_ agent: AgentProcess, _ graphs: Int) async throws {
        try await eventually("every graph is probed", every: .milliseconds(500)) {
            let text = String(
                decoding: try await Web.get(agent.url + "/metrics").body,
                as: UTF8.self
            )
            return text.split(separator: "\n")
                .count { $0.hasPrefix("ges_graph_verdict{") && $0.contains("healthy") } >= graphs
        }
    }

    private static func measure(
        _ agent: AgentProcess,
        _ requests: Int,
        _ graph: String
    ) async throws -> Verdict {
        let pages = ["/", "/graphs", "/graphs/" + graph, "/graphs?sort=-name&q=a"]
        let others = ["/api/v1/graphs", "/style.css"]
        say("page".left(48) + "median ms".right(10) + "p95 ms".right(9) + "kB".right(9))
        var isQuick = true
        for path in pages + others {
            var times: [Double] = []
            var bytes = 0
            for _ in 0..<requests {
                let start = ContinuousClock.now
                let answer = try await Web.get(agent.url + path)
                times.append((ContinuousClock.now - start) / .milliseconds(1))
                guard answer.status == 200 else {
                    throw BenchError("\(path): status \(answer.status)")
                }
                bytes = answer.body.count
            }
            let slow = times.sorted()[Int(Double(times.count - 1) * 0.95)]
            say(
                path.left(48) + times.median.text(1).right(10) + slow.text(1).right(9)
                    + (Double(bytes) / 1_000).text(1).right(9)
            )
            if pages.contains(path), times.median > maximumMilliseconds { isQuick = false }
        }
        say(
            "\(isQuick ? "PASS" : "FAIL"): the bound of a page is \(maximumMilliseconds.text(0)) ms"
        )
        return isQuick ? .good : .boundMissed
    }

    private static func configuration(_ cloud: CloudProcess.Description) -> String {
        """
        \(cloud.section)
        graphs: [{match: {name: ".*"}, mode: shadow}]
        sampling:
          interval: 30s
          data_plane: \(cloud.dataPlane)
        rule_files: ["\(Programs.root.path)/rules/*.yml"]

        """
    }
}
