import Foundation
import HTTPClient
import JSON
import TestSupport

/// The real agent as a separate process.
final class AgentProcess: Sendable {
    let program: Program
    let url: String
    /// The credentials of every request; nil for an agent without users.
    private let authorization: String?
    let http: HTTPClient

    /// Starts the agent in `folder`, whose `graphwarden.yml` it reads, on a free port, and waits
    /// until it listens. `meanwhile` runs as soon as the process exists. With a
    /// `--web.route-prefix` all paths are below it.
    static func start(
        in folder: URL,
        arguments: [String] = [],
        listening: [String] = ["--web.listen-address=127.0.0.1:0"],
        environment: [String: String] = [:],
        through launcher: Launcher = .none,
        meanwhile: (Program) async throws -> Void = { _ in }
    ) async throws -> AgentProcess {
        let words = launcher.prefix + [Program.graphwarden.path]
        let program = try Program(
            URL(filePath: words[0]),
            words.dropFirst() + [
                "run", "--config.file=graphwarden.yml", "--storage.path=data",
                "--log.level=debug",
            ] + listening + arguments,
            in: folder,
            environment: launcher.environment.merging(environment) { $1 }
        )
        try await meanwhile(program)
        let marker = /msg="Listening on" address=(\S+)/
        do {
            try await eventually("the agent listens") {
                program.text.contains(marker) || !program.isRunning
            } lastSeen: {
                program.text
            }
        } catch {
            program.signal(SIGKILL)
            throw error
        }
        guard let match = program.text.firstMatch(of: marker) else {
            program.signal(SIGKILL)
            throw Program.Failure(description: "the agent does not listen:\n\(program.text)")
        }
        let prefixes = arguments.compactMap { $0.wholeMatch(of: /--web.route-prefix=(.*)/)?.1 }
        let prefix = prefixes.first.map { $0 == "/" ? "" : "\($0)" } ?? ""
        let hasUsers = arguments.contains(AgentSetup.webConfiguration)
        return try AgentProcess(
            program,
            url: "http://\(match.1)\(prefix)",
            authorization: hasUsers ? AgentSetup.authorization : nil
        )
    }

    private init(_ program: Program, url: String, authorization: String?) throws {
        self.program = program
        self.url = url
        self.authorization = authorization
        http = try HTTPClient(configuration: HTTPClientConfiguration())
    }

    func get(_ path: String) async throws -> HTTPResponse {
        try await send(HTTPRequest(url: url + path))
    }

    /// The status and the body of the answer to an order.
    func order(_ verb: String, _ body: String) async throws -> (status: Int, body: JSONValue) {
        let answer = try await send(
            HTTPRequest(
                .post,
                url: url + "/api/v1/admin/\(verb)",
                headers: [HTTPHeader("Content-Type", "application/json")],
                body: Array(body.utf8)
            )
        )
        return (answer.status, try JSONValue.parse(answer.body))
    }

    func post(_ path: String, _ form: [(String, String)]) async throws -> JSONValue {
        try JSONValue.parse(try await http.send(.form(form, to: url + path)).body)
    }

    /// Requests a reload and returns the response.
    func reload(_ method: HTTPMethod = .post) async throws -> (status: Int, text: String) {
        let answer = try await http.send(HTTPRequest(method, url: url + "/-/reload"))
        return (answer.status, String(decoding: answer.body, as: UTF8.self))
    }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        var request = request
        if let authorization {
            request.headers.append(HTTPHeader("Authorization", authorization))
        }
        return try await http.send(request)
    }

    func json(_ path: String) async throws -> JSONValue {
        try JSONValue.parse(try await get(path).body)
    }

    /// The metrics as a dictionary from series to value.
    func metrics() async throws -> [String: Double] {
        let text = String(decoding: try await get("/metrics").body, as: UTF8.self)
        var values: [String: Double] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " ") else { continue }
            values[String(line[..<space])] = Double(line[line.index(after: space)...])
        }
        return values
    }

    func metric(_ series: String) async throws -> Double? {
        try await metrics()[series]
    }

    /// Number of polls of all graphs.
    func polls() async throws -> Int {
        let metrics = try await metrics()
        let all = metrics["graphwarden_sampling_cycles_total{source=\"ges_api\"}"] ?? 0
        let missed = metrics["graphwarden_sampling_cycles_missed_total{source=\"ges_api\"}"] ?? 0
        return Int(all - missed)
    }

    /// Waits until `count` polls that start from now on have ended; a poll in progress does not
    /// count.
    func waitForPolls(_ count: Int) async throws {
        let before = try await polls()
        try await eventually("the agent polled \(count) times", every: .milliseconds(100)) {
            try await polls()
        } is: { polls in
            polls > before + count
        }
    }

    /// Kills the agent, like a power failure.
    func kill() async throws {
        program.signal(SIGKILL)
        _ = try await program.exitStatus()
        http.shutdown()
    }

    /// Stops the agent like systemd; returns its exit status.
    @discardableResult
    func stop() async throws -> Int32 {
        program.signal(SIGTERM)
        defer {
            program.signal(SIGKILL)
            http.shutdown()
        }
        return try await program.exitStatus()
    }
}
