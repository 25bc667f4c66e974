import Foundation
import History
import Series
import Time
import Workbench
import Workload

/// How many bytes the samples of a graph take on disk in a day, beside Prometheus' blocks for the
/// same samples. Or how long a backtest of such a file takes, see `Replay`.
@main
enum Samples {
    private static let usage: [(name: String, meaning: String)] = [
        ("graphs", "N     with six series each, 50"), ("hours", "N      24"),
        ("interval", "TIME between two samples, 30s"),
        ("backtest", "DAYS instead: for how long a backtest of so many days of 500 graphs takes"),
        ("binary", "PATH  of --backtest, .build/release/graphwarden"),
    ]

    static func main() async {
        await benchmark(usage) { options in
            if options.has("backtest") { return try await Replay.run(options) }
            let fleet = Fleet(graphs: try options.number("graphs", 50), origin: 1_700_000_000)
            let interval = Int64(try options.seconds("interval", 30))
            let end = fleet.origin + Int64(try options.number("hours", 24)) * 3600
            let times = stride(from: fleet.origin, to: end, by: Int(interval))
            let folder = try Programs.folder("samples")
            defer { try? FileManager.default.removeItem(at: folder) }
            let own = try await file(of: fleet, times, in: folder)
            let columns = ["bytes", "per sample", "per graph and day"]
            say("".left(14) + columns.map { $0.right(20) }.joined())
            let samples = fleet.seriesCount * times.underestimatedCount
            let graphDays = Double(fleet.graphs) * Double(end - fleet.origin) / 86_400
            row("graphwarden", own, samples, graphDays)
            if let promtool = try? Programs.debian("promtool") {
                let blocks = try await blocks(of: fleet, times, promtool, in: folder)
                row("prometheus", blocks, samples, graphDays)
            } else {
                say("prometheus is not installed: run packaging/dependencies test")
            }
            return .good
        }
    }

    private static func row(_ name: String, _ bytes: Int, _ samples: Int, _ graphDays: Double) {
        let figures = [
            "\(bytes)", (Double(bytes) / Double(samples)).text(3),
            (Double(bytes) / graphDays).text(0),
        ]
        say(name.left(14) + figures.map { $0.right(20) }.joined())
    }

    /// The size of the file once it is closed.
    private static func file(
        of fleet: Fleet,
        _ times: StrideTo<Int64>,
        in folder: URL
    ) async throws -> Int {
        let labels = (0..<fleet.seriesCount).map { fleet.labels(of: $0) }
        let polls = times.map { Timestamp(milliseconds: $0 * 1000) }
        try await SampleFile.write(labels, at: polls, in: folder) { series, poll in
            fleet.value(of: series, at: polls[poll].milliseconds / 1000)
        }
        return try size(of: folder.appending(path: HistoryFile.fileName))
    }

    private static func blocks(
        of fleet: Fleet,
        _ times: StrideTo<Int64>,
        _ promtool: URL,
        in folder: URL
    ) async throws -> Int {
        let input = folder.appending(path: "samples.txt")
        try Data().write(to: input)
        let handle = try FileHandle(forWritingTo: input)
        defer { try? handle.close() }
        for index in 0..<fleet.seriesCount {
            let labels = fleet.labels(of: index)
            let pairs = labels.removingMetricName().map { "\($0.name)=\"\($0.value)\"" }
            let series = "\(labels.metricName){\(pairs.joined(separator: ","))}"
            let lines = times.map { "\(series) \(fleet.value(of: index, at: $0)) \($0)\n" }
            try handle.write(contentsOf: Data(lines.joined().utf8))
        }
        try handle.write(contentsOf: Data("# EOF\n".utf8))
        let program = try RunningProgram(
            "promtool",
            promtool,
            [
                "tsdb", "create-blocks-from", "--max-block-duration=744h", "openmetrics",
                input.path, "blocks",
            ],
            in: folder
        )
        while program.isRunning { await Task.yield() }
        guard await program.end() == 0 else { throw BenchError(program.output) }
        let files = FileManager.default.enumerator(
            at: folder.appending(path: "blocks"),
            includingPropertiesForKeys: nil
        )
        return try (files?.allObjects ?? []).reduce(0) { sum, item in
            guard let file = item as? URL, !file.hasDirectoryPath else { return sum }
            return try sum + size(of: file)
        }
    }

    private static func size(of file: URL) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
        return attributes[.size] as? Int ?? 0
    }
}
