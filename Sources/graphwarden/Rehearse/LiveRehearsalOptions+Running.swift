import API
import Agent
import ArgumentParser
import Configuration
import Files
import GES
import Glibc
import JSON
import Ledger
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
            try prepareReport()
            let rehearsal = try rehearsal(try loaded(configurationFile), stop)
            defer { rehearsal.close() }
            report = try await run(rehearsal, graph, stop)
        } catch let failure as RehearsalFailure {
            for line in failure.lines { Terminal.error(line) }
            try show(failure.json, failure.exitCode)
            throw ExitCode(failure.exitCode)
        }
        if output == .table {
            let lines = report.table.lines(width: Terminal.width, isColored: Terminal.hasColor)
            Terminal.outputUnescaped((lines + [""]).joined(separator: "\n"))
            for line in report.summary { Terminal.output(line) }
        }
        try show(report.json, report.exitCode)
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
        if !withoutRestart { try checkLedger() }
        let logger = Logger(label: "graphwarden") { _ in
            StandardErrorLogHandler(level: .error, format: .logfmt, counts: counts)
        }
        return try LiveRehearsal(loaded, settings, stop: stop, logger: logger) { line in
            Terminal.error("\(CivilTime(WallClock.now()).time)  \(line)")
        }
    }

    /// A ledger that begins here knows no restart, no pause and no agent.
    private func checkLedger() throws {
        let path = storagePath + "/" + Ledger.fileName
        guard !isNewLedger, unsafe access(path, F_OK) != 0 else { return }
        throw RehearsalFailure.refused([
            RehearsalObjection(
                "there is no ledger at \(path)",
                remedy: "name the folder of the agent with --storage.path, or begin a ledger"
                    + " with --new-ledger if no agent watches these graphs"
            )
        ])
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
        let signals = Signals(
            stop: stop,
            onHangup: stop.request,
            onStop: {
                Terminal.error("stopping: a request that is on its way is waited for")
            },
            onSecond: {
                Terminal.error("a restart may have been sent; run the same command again")
                Glibc.exit(2)
            }
        )
        defer { signals.end() }
        return withoutRestart ? await rehearsal.read(subject) : await rehearsal.run(subject)
    }

    /// The person types the name: an id, or the beginning of one, is easily that of another graph.
    private func confirm(_ graph: Graph) throws {
        let question = """
            Graph \(graph.id) will be restarted: its requests fail and its tasks end.
            Type the name of the graph to go on: 
            """
        guard typedName != nil || Terminal.isInput else {
            throw ValidationError("--graph needs a terminal, or --yes-restart with the name")
        }
        guard let typed = typedName ?? Terminal.ask(question) else {
            throw RehearsalFailure.refused([
                RehearsalObjection(
                    "no name was typed",
                    remedy: "give the full name of the graph"
                )
            ])
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

    /// Finds out before anything is sent whether the report can be written.
    private func prepareReport() throws {
        guard let report else { return }
        let pending = RehearsalFailure.unclear("the rehearsal has not ended").json
        do {
            let text = String(decoding: try pending.serialized(), as: UTF8.self)
            try TextFile.write(text + "\n", to: report)
        } catch {
            Terminal.error("\(error)")
            throw ExitCode(2)
        }
    }

    /// A report that cannot be written is printed. It does not hide how the rehearsal ended.
    private func show(_ json: JSONValue, _ exitCode: Int32) throws {
        let text = String(decoding: try json.serialized(), as: UTF8.self)
        if output == .json { Terminal.output(text) }
        guard let report else { return }
        do {
            try TextFile.write(text + "\n", to: report)
        } catch {
            Terminal.error("\(error)")
            if output != .json { Terminal.output(text) }
            throw ExitCode(exitCode == 0 ? 2 : exitCode)
        }
    }
}
