package import Foundation
import Workbench

/// `/metrics` beside nginx, which serves a file of the same bytes, and beside node_exporter.
package enum ScrapeRows {
    private static let graphs = 500
    private static let connections = 4
    private static let scrapesPerRound = 50

    package static func measure(
        _ binary: URL,
        rounds: Int,
        seconds: Double
    ) async throws -> [Row] {
        let setup = try await ScrapesSetup.start(binary, graphs: graphs)
        do {
            let rows = [
                try await besideNginx(setup, rounds, seconds),
                try besideNodeExporter(setup, rounds),
            ]
            await setup.end()
            return rows
        } catch {
            await setup.end()
            throw error
        }
    }

    private static func besideNginx(
        _ setup: ScrapesSetup,
        _ rounds: Int,
        _ seconds: Double
    ) async throws -> Row {
        let file = try await setup.copyMetrics(coding: "identity")
        let agent = LoadClient(setup.agent.url + "/metrics", "identity", connections)
        let nginx = LoadClient(file.url, "identity", connections)
        var (ours, theirs): ([Double], [Double]) = ([], [])
        for _ in 0..<rounds {
            ours.append(try agent.bytesPerSecond(during: seconds))
            theirs.append(try nginx.bytesPerSecond(during: seconds))
        }
        return Row(
            "scrapes of \(graphs) graphs, throughput",
            unit: "MB/s",
            anchor: "nginx, the same file",
            better: .higher,
            atLeast: 0.8,
            ours: Distribution(ours).times(1e-6),
            theirs: Distribution(theirs).times(1e-6)
        )
    }

    /// As Prometheus scrapes: compressed, one request after another.
    private static func besideNodeExporter(_ setup: ScrapesSetup, _ rounds: Int) throws -> Row {
        let agent = LoadClient(setup.agent.url + "/metrics", "gzip", 1)
        let nodeExporter = LoadClient(setup.nodeExporterURL, "gzip", 1)
        var (ours, theirs): ([Double], [Double]) = ([], [])
        for _ in 0..<rounds {
            ours.append(try agent.secondsOfRequests(scrapesPerRound).median)
            theirs.append(try nodeExporter.secondsOfRequests(scrapesPerRound).median)
        }
        return Row(
            "one scrape of \(graphs) graphs, gzip",
            unit: "ms",
            anchor: "node_exporter",
            atLeast: 1,
            ours: Distribution(ours).times(1000),
            theirs: Distribution(theirs).times(1000)
        )
    }
}
