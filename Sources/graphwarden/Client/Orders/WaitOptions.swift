import Agent
import ArgumentParser
import JSON
import Time
import URI

/// Waiting for the end of an ordered restart.
struct WaitOptions: ParsableArguments {
    @Flag(
        name: .customLong("wait"),
        help: "Wait until the restart has ended, with its progress on standard error."
    )
    var waits = false

    @Option(name: .customLong("wait-timeout"), help: "How long --wait waits at most.")
    var timeout = "2h"

    func validate() throws {
        guard (try? PrometheusDuration.parse(timeout)) != nil else {
            throw ValidationError(
                "--wait-timeout: expected a duration such as 2h, found \"\(timeout)\""
            )
        }
    }

    /// Gives the order and, if wanted, waits for the restart that follows.
    func give(_ request: OrderRequest, graph: String, _ client: ClientOptions) async throws {
        guard waits else {
            try await client.give(request)
            return
        }
        let agent = try client.checkedClient()
        let path = "/api/v1/graphs/\(PercentEncoding.encode(graph))/why"
        let before: JSONValue
        do {
            before = try await agent.get(path).data
        } catch {
            Terminal.error("\(error)")
            throw ExitCode(error.exitCode)
        }
        try await client.give(request)
        var progress = RestartProgress(before: before)
        let clock = AgentClock.system
        let deadline = clock.elapsed() + ((try? PrometheusDuration.parse(timeout)) ?? .zero)
        while clock.elapsed() < deadline {
            do throws(AgentClientError) {
                let line = progress.note(try await agent.get(path).data)
                if let line { Terminal.error(line) }
            } catch {
                if let line = progress.note(error) { Terminal.error(line) }
            }
            if let code = progress.exitCode {
                if code != 0 { throw ExitCode(code) }
                return
            }
            try await clock.sleep(.seconds(1))
        }
        Terminal.error("not ended within \(timeout); see graphwarden why \(graph)")
        throw ExitCode(2)
    }
}

/// How far the restart of a graph is.
struct RestartProgress {
    /// 0 verified, 1 ended otherwise, 2 unknown; nil while it goes on.
    private(set) var exitCode: Int32?
    /// The number of the newest attempt before the order. Its start is no mark: the agent shifts
    /// moments when the clock is set.
    private let previous: Int64?
    private var lastLine = ""
    private var failures = 0
    private var quietPolls = 0

    /// About two minutes: the agent may be restarted meanwhile.
    private static let maximumFailures = 60
    /// An order that was carried out shows in the next step of the agent.
    private static let maximumQuietPolls = 30

    init(before: JSONValue) {
        previous = before["attempts"]?.arrayValue?.last?["attempt"]?.integerValue
    }

    /// Returns what to print; nil if nothing has changed.
    mutating func note(_ why: JSONValue) -> String? {
        failures = 0
        let attempt = why["attempts"]?.arrayValue?.last
        let isNew = attempt.map { $0["attempt"]?.integerValue != previous } ?? false
        if isNew, let attempt, let outcome = attempt["outcome"]?.stringValue {
            exitCode = Self.exitCode(outcome)
            return "attempt \(attempt["attempt"]?.integerValue ?? 0): \(outcome)"
        }
        if isNew, why.text("state") == "stalled" {
            exitCode = 1
            return why.text("summary")
        }
        // Evidence is collected first. If a gate closes meanwhile, nothing is sent.
        if !isNew, why.text("state") != "gathering_evidence" {
            quietPolls += 1
            if quietPolls > Self.maximumQuietPolls {
                exitCode = 1
                return "nothing was sent: \(why.text("summary"))"
            }
        }
        return changed(why.text("summary"))
    }

    /// The agent did not answer.
    mutating func note(_ error: AgentClientError) -> String? {
        failures += 1
        if failures > Self.maximumFailures || error.exitCode == 1 { exitCode = 2 }
        return changed("\(error)")
    }

    private static func exitCode(_ outcome: String) -> Int32 {
        switch outcome {
        case "verified": 0
        case "probablyNotLanded": 2
        default: 1
        }
    }

    private mutating func changed(_ line: String) -> String? {
        guard line != lastLine else { return nil }
        lastLine = line
        return line
    }
}
