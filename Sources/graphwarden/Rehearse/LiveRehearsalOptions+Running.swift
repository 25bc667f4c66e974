import API
import Agent
import ArgumentParser
import Configuration
import Files
import GES
import JSON
import LiveRehearsal
import Logging
import Remediation
import Tables
import Time

extension LiveRehearsalOptions {
    /// Rehearses the graph, prints the report, and exits with the code for its outcome.
    func rehearse(_ graph: String, _ configurationFile: String) async throws {
        let stop = StopSignal()
        let report: RehearsalReport
        do {
            let rehearsal = try rehearsal(try loaded(configurationFile), stop)
            defer { rehearsal.close() }
            report = try await run(rehearsal, graph, stop)
        } catch let failure as RehearsalFailure {
            for line in failure.lines { Terminal.error(line) }
            try show(failure.json)
            throw ExitCode(failure.exitCode)
        }
        if output == .table {
            let lines = report.table.lines(width: Terminal.width, isColored: Terminal.hasColor)
            Terminal.outputUnescaped((lines + [""]).joined(separator: "\n"))
            for line in report.summary { Terminal.output(line) }
        }
        try show(report.json)
        if report.exitCode != 0 { throw ExitCode(report.exitCode) }
    }

    private func loaded(_ file: String) throws -> LoadedConfiguration {
        do {
            let loaded = try LoadedConfiguration.load(file)
            for warning in loaded.warnings { Terminal.error("\(warning)") }
            return loaded
        } catch {
            Terminal.error("\(error)")
            throw ExitCode(2)
        }
    }

    private func rehearsal(
        _ loaded: LoadedConfiguration,
        _ stop: StopSignal
    ) throws -> LiveRehearsal {
        // What happens is told line by line, so only errors are logged.
        let counts = LogCounts()
        let logger = Logger(label: "graphwarden") { _ in
            StandardErrorLogHandler(level: .error, format: .logfmt, counts: counts)
        }
        return try LiveRehearsal(loaded, settings, stop: stop, logger: logger) { line in
            Terminal.error("\(CivilTime(WallClock.now()).time)  \(line)")
        }
    }

    private func run(
        _ rehearsal: LiveRehearsal,
        _ text: String,
        _ stop: StopSignal
    ) async throws -> RehearsalReport {
        let subject = try await rehearsal.find(text)
        // A restart that was sent needs no permission any more.
        let isNew = !withoutRestart && subject.earlier == nil
        if isNew {
            try await rehearsal.check(subject)
            try confirm(subject.graph)
        }
        let signals = Signals(stop: stop, onHangup: stop.request)
        defer { signals.end() }
        return withoutRestart ? await rehearsal.read(subject) : await rehearsal.run(subject)
    }

    /// The person types the name: an id, or the beginning of one, is easily that of another graph.
    private func confirm(_ graph: Graph) throws {
        let question = """
            Graph \(graph.id) will be restarted: its requests fail and its tasks end.
            Type the name of the graph to go on: 
            """
        guard let typed = typedName ?? Terminal.ask(question) else {
            throw ValidationError("--graph needs a terminal, or --yes-restart with the name")
        }
        guard typed == graph.name else {
            throw RehearsalFailure.refused([
                RehearsalObjection(
                    "\"\(typed)\" is not the name of graph \(graph.id)",
                    remedy: "give the full name of the graph"
                )
            ])
        }
    }

    private func show(_ json: JSONValue) throws {
        let text = String(decoding: try json.serialized(), as: UTF8.self)
        if output == .json { Terminal.output(text) }
        guard let report else { return }
        do {
            try TextFile.write(text + "\n", to: report)
        } catch {
            Terminal.error("\(error)")
            throw ExitCode(2)
        }
    }
}
