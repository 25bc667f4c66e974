import Foundation
import Listener
import Synchronization
import Workbench

extension Targets {
    /// The command line client against an agent that answers anything. The first line names the
    /// command and the status.
    static let client: Target = {
        var target = Target("client", tokens: Tokens.json + Tokens.times + Tokens.client) {
            let agent = try await AnyAgent.start()
            return { try agent.check($0) }
        }
        target.limits.seconds = 2
        target.rarity = 400
        target.startsProgram = true
        return target
    }()

    /// The checks of files, as a person sees their output. The first line names the check.
    static let check: Target = {
        var target = Target(
            "check",
            tokens: Tokens.yaml + ["\u{1B}]0;x\u{7}", "groups:\n- name: "]
        ) {
            let program = try TestedProgram()
            return { input in
                let envelope = Envelope(input)
                let file = program.folder.appending(path: "f.yml")
                try Data(envelope.rest).write(to: file)
                unsafe chmod(file.path, 0o600)
                let words = envelope.choice(0, of: TestedProgram.checks)
                return try program.run(words + [file.path], statuses: [0, 1, 2, 3])
            }
        }
        target.limits.seconds = 2
        target.rarity = 400
        target.startsProgram = true
        return target
    }()
}

extension Tokens {
    fileprivate static let client = [
        "\"status\":\"success\"", "\"data\":{", "\"graphs\":[{", "\"error\":\"", "\"id\":\"g\"",
        "\"name\":\"n\"", "\u{1B}[2J", "\\u001b[2J", "\\u202e", " 404", " 503", "\"state\":",
        "\"reasons\":[", "\"alerts\":[", "\"groups\":[", "\"entries\":[", "\"mode\":\"auto\"",
    ]
}

/// The program beside this one, with a folder of its own.
private struct TestedProgram {
    let program: URL
    let folder: URL

    init() throws {
        program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appending(path: "graphwarden")
        guard FileManager.default.isExecutableFile(atPath: program.path) else {
            throw BenchError("there is no \(program.path): build graphwarden first")
        }
        folder = FileManager.default.temporaryDirectory.appending(path: "program-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    static let checks: KeyValuePairs<String, [String]> = [
        "rules": ["check", "rules"], "config": ["check", "config"],
        "web-config": ["check", "web-config"], "test": ["test", "rules"],
    ]

    /// Ends with one of these statuses, and writes nothing that acts on a terminal.
    func run(_ arguments: [String], statuses: Set<Int32>) throws -> Reading {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let shown = String(decoding: text, as: UTF8.self)
        guard process.terminationReason == .exit, statuses.contains(process.terminationStatus)
        else {
            throw Broken("status", "\(process.terminationStatus): \(shown.suffix(400))")
        }
        try Message.checkOutput(shown, maximumBytes: 4 << 20)
        return process.terminationStatus == 0 ? .accepted : .refused
    }
}

/// A server that gives the same answer to every request, and the program that asks it.
private final class AnyAgent: Sendable {
    private let program: TestedProgram
    private let url: String
    private let answer: Answer

    private static let commands: KeyValuePairs<String, [String]> = [
        "graphs": ["graphs"], "show": ["graphs", "show", "g"], "why": ["why", "g"],
        "alerts": ["alerts"], "rules": ["rules"], "status": ["status"], "history": ["history"],
        "incidents": ["history", "incidents"], "export": ["history", "export"],
        "remediations": ["remediations"], "healthy": ["check", "healthy"],
        "pause": ["pause", "--for=1h", "--reason=r"], "resume": ["resume", "g", "--reason=r"],
        "acknowledge": ["acknowledge", "g", "--reason=r"],
        "restart": ["restart", "g", "--reason=r"],
        "approve": ["approve", "g", "--reason=r"],
    ]

    private init(_ program: TestedProgram, _ answer: Answer, port: Int) {
        self.program = program
        self.answer = answer
        url = "http://127.0.0.1:\(port)"
    }

    static func start() async throws -> AnyAgent {
        let answer = Answer()
        var router = Router()
        router.fallback = Route("GET", "/") { _ in .response(answer.response) }
        let server = try await HTTPServer.bind(
            to: [.host("127.0.0.1", port: 0)],
            router: router
        )
        Task.detached { await server.run() }
        return AnyAgent(try TestedProgram(), answer, port: server.port)
    }

    func check(_ input: [UInt8]) throws -> Reading {
        let envelope = Envelope(input)
        let status = envelope.words.count > 1 ? Int(envelope.words[1]) ?? 200 : 200
        answer.set((200...599).contains(status) ? status : 200, envelope.rest)
        let command = envelope.choice(0, of: Self.commands)
        for format in ["table", "json"] {
            let words = command + ["--url=\(url)", "--output=\(format)"]
            _ = try program.run(words, statuses: [0, 1, 2])
        }
        return .accepted
    }
}

/// What is answered next.
private final class Answer: Sendable {
    private let state = Mutex((status: 200, body: [UInt8]()))

    func set(_ status: Int, _ body: [UInt8]) { state.withLock { $0 = (status, body) } }

    var response: ServerResponse {
        state.withLock { ServerResponse(status: $0.status, body: $0.body) }
    }
}
