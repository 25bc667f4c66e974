import Foundation
import Series
import Time
import Workbench

/// What an agent exported in a rehearsed day, by the text of each series without the graph's id.
struct RecordedDay {
    private(set) var polls: [Timestamp] = []
    /// Of a graph that does not hang. The values are those of the polls, nil where one lacks it.
    private(set) var quiet: [String: [Double?]] = [:]
    /// Of the graph that hangs.
    private(set) var hanging: [String: [Double?]] = [:]
    /// Of no graph.
    private(set) var others: [String: [Double?]] = [:]

    static func rehearse(_ binary: URL, _ scenario: String, in folder: URL) throws -> Self {
        let file = folder.appending(path: "day.yaml")
        try Data(scenario.utf8).write(to: file)
        let program = try RunningProgram(
            "rehearse",
            binary,
            [
                "rehearse", "--config.file=graphwarden.yml", "--record=day.om", "--seed=1",
                file.path,
            ],
            in: folder
        )
        guard program.exitStatus() == 0 else { throw WrongResult(program.output) }
        return RecordedDay(
            try String(contentsOf: folder.appending(path: "day.om"), encoding: .utf8)
        )
    }

    private init(_ text: String) {
        let lines = text.utf8.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let fields = String(line)?.split(separator: " ") ?? []
            guard fields.count >= 3, !fields[0].hasPrefix("#"),
                let value = Double(fields[fields.count - 2]),
                let seconds = Double(fields[fields.count - 1])
            else { return nil as (name: String, value: Double, time: Int64)? }
            let name = fields.dropLast(2).joined(separator: " ")
            return (name, value, Int64((seconds * 1000).rounded()))
        }
        let times = Set(lines.map(\.time)).sorted()
        let places = Dictionary(uniqueKeysWithValues: times.enumerated().map { ($1, $0) })
        polls = times.map { Timestamp(milliseconds: $0) }
        let none = [Double?](repeating: nil, count: times.count)
        let ids = Set(lines.compactMap { Self.graphID($0.name) })
        let hangs = lines.first { $0.name.contains("graph_name=\"graph_2\"") }
            .flatMap { Self.graphID($0.name) }
        let well = ids.filter { $0 != hangs }.min()
        for line in lines {
            let place = places[line.time] ?? 0
            guard let id = Self.graphID(line.name) else {
                others[line.name, default: none][place] = line.value
                continue
            }
            let name = line.name.replacing(id, with: "ID")
                .replacing(#/graph_name="graph_\d+"/#, with: "graph_name=\"graph_ID\"")
            if id == hangs { hanging[name, default: none][place] = line.value }
            if id == well { quiet[name, default: none][place] = line.value }
        }
    }

    private static func graphID(_ series: String) -> String? {
        guard let start = series.range(of: "graph_id=\"")?.upperBound else { return nil }
        return String(series[start...].prefix { $0 != "\"" })
    }

    /// The label set of a series, of one graph of a fleet.
    static func labels(_ series: String, ofGraph number: Int?) -> Labels {
        let digits = number.map { String(1_000_000_000_000 + $0).dropFirst() }
        let id = digits.map { "00000000-0000-0000-0000-\($0)" }
        let text = series.replacing("ID", with: id ?? "ID")
        let name = text.prefix { $0 != "{" }
        let pairs = text.dropFirst(name.count).matches(of: #/([a-z_]+)="([^"]*)"/#)
            .map { (String($0.1), String($0.2)) }
        return Labels([(Labels.metricNameLabel, String(name))] + pairs)
    }
}
