import Foundation
import History
import Series
import Time
import Workbench

/// How long `backtest` takes for each shipped rule file over the samples of 500 graphs that an agent
/// keeps. They are those of a rehearsed day, again and again; one graph hangs each week.
enum Replay {
    private static let graphs = 500
    private static let daysOfBound = 90.0
    private static let secondsMaximum = 60.0

    private static let scenario = """
        name: a day
        summary: A graph hangs at noon.
        duration: 24h
        fleet: {count: 5}
        timeline:
        - {at: 12h, do: hang, graph: graph_2}
        expect:
          restarts:
            graph_2: {from: 12h, to: 13h}
        """

    static func run(_ options: Options) async throws -> Verdict {
        let days = try options.number("backtest", 90)
        let binary = try Programs.graphwarden(options)
        let folder = try Programs.folder("replay")
        defer { try? FileManager.default.removeItem(at: folder) }
        let rules = try FileManager.default
            .contentsOfDirectory(atPath: Programs.root.appending(path: "rules").path)
            .filter { $0.hasSuffix(".yml") && $0 != "kustomization.yaml" }.sorted()
        try writeConfiguration(in: folder)
        let day = try RecordedDay.rehearse(binary, scenario, in: folder)
        try await write(day, days: days, in: folder)
        var slowest = 0.0
        for file in rules {
            let began = ContinuousClock.now
            let text = try backtest(binary, "\(Programs.root.path)/rules/\(file)", in: folder)
            let seconds = (ContinuousClock.now - began).inSeconds
            slowest = max(slowest, seconds)
            let said = text.split(separator: "\n").first { $0.hasPrefix("covered") } ?? ""
            say("\(file.left(20)) \(seconds.text(1)) s: \(said)")
        }
        let projected = slowest * daysOfBound / Double(days)
        let isFast = projected < secondsMaximum
        say(
            "\(isFast ? "PASS" : "FAIL"): \(days) days of \(graphs) graphs in \(slowest.text(1)) s at"
                + " most, so 90 days in \(projected.text(0)) s (bound \(secondsMaximum.text(0)) s)"
        )
        return isFast ? .good : .boundMissed
    }

    private static func writeConfiguration(in folder: URL) throws {
        let text = """
            cloud:
              region: cn-north-4
              project_id: 0123456789abcdef0123456789abcdef
              credentials: {token: {file: token}}
            graphs:
              - match: {name: ".*"}
                mode: auto
            rule_files: ["\(Programs.root.path)/rules/*.yml"]

            """
        try Data(text.utf8).write(to: folder.appending(path: "graphwarden.yml"))
        let token = folder.appending(path: "token")
        try Data("token".utf8).write(to: token)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: token.path)
    }

    private static func write(_ day: RecordedDay, days: Int, in folder: URL) async throws {
        let data = folder.appending(path: "data")
        try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
        let polls = (0..<days).flatMap { number in
            day.polls.map { $0 + .seconds(86_400 * number) }
        }
        // The series of one graph, those of the one that hangs as well.
        let names = Set(day.quiet.keys).union(day.hanging.keys).sorted()
        let places = (0..<graphs).flatMap { graph in names.map { (graph, $0) } }
        let others = day.others.keys.sorted()
        let labels =
            places.map { RecordedDay.labels($1, ofGraph: $0) }
            + others.map { RecordedDay.labels($0, ofGraph: nil) }
        let isTime = (places.map { $1 } + others).map {
            $0.prefix { $0 != "{" }.hasSuffix("_timestamp_seconds")
        }
        let quiet = names.map { day.quiet[$0] }
        let hanging = names.map { day.hanging[$0] }
        let fleet = others.map { day.others[$0] }
        try await SampleFile.write(labels, at: polls, sweep: .seconds(3600), in: data) {
            series,
            poll in
            let (number, place) = poll.quotientAndRemainder(dividingBy: day.polls.count)
            let (graph, name) = series.quotientAndRemainder(dividingBy: names.count)
            let values =
                graph >= graphs
                ? fleet[series - graphs * names.count]
                : number % 7 == 3 && graph == number / 7 % graphs ? hanging[name] : quiet[name]
            guard let value = values?[place] else { return nil }
            return isTime[series] ? value + Double(86_400 * number) : value
        }
    }

    private static func backtest(
        _ binary: URL,
        _ rules: String,
        in folder: URL
    ) throws -> String {
        let program = try RunningProgram(
            "backtest",
            binary,
            [
                "backtest", "--config.file=graphwarden.yml", "--storage.path=data", "--rules",
                rules,
            ],
            in: folder
        )
        guard program.exitStatus() == 0 else { throw WrongResult(program.output) }
        return program.output
    }
}
