import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing

@Suite("A command that shows what the agent sees")
struct ListCommandTests {
    @Test("lists graphs, rules and alerts, filtered")
    func lists() async throws {
        try await OperatedAgent.with(AgentSetup(mode: "shadow")) { agent in
            let (sick, well) = (agent.graph(3), agent.graph(0))
            _ = agent.cloud.withCloud { cloud, now in
                cloud.hang(sick.id, .unresponsive, restartsToHeal: 1, at: now)
            }
            let firing = ["alerts", "--state=firing", "--no-headers"]
            let alert = try await agent.eventually(firing) { $0.text.contains("GraphUnresponsive") }
            #expect(alert.contains("firing") && alert.contains("rule"), "\(alert)")
            try await agent.eventually(["graphs", "--verdict=hung"]) { $0.text.contains(sick.id) }

            let cases: [(words: [String], has: [String], lacks: [String])] = [
                (["graphs"], ["NAME", "VERDICT", sick.id, well.name, "healthy"], ["\u{1B}"]),
                (["graphs", "--verdict=healthy"], [well.id], [sick.id]),
                (["graphs", "--mode=auto"], ["NAME"], [well.id]),
                (["graphs", "--no-headers", "--state=shadow"], [sick.id], ["NAME", well.id]),
                (["graphs", "show", well.name], ["PROBE", "Verdict:   healthy"], ["Held by"]),
                (["graphs", "show", sick.id], ["Verdict:   hung", "State:     shadow"], []),
                (["why", String(sick.id.prefix(20))], ["Decision:", sick.id], []),
                (["alerts", "--graph=\(well.id)"], ["ALERT"], ["GraphUnresponsive"]),
                (["rules"], ["GraphUnresponsive", "firing", "GraphImportStuck"], ["never"]),
                (["rules", "--state=firing"], ["GraphUnresponsive"], ["GraphImportStuck"]),
                (["rules", "--type=record", "--no-headers"], [], ["Graph"]),
                (["rules", "--health=err", "--no-headers"], [], ["Graph"]),
                (["remediations"], ["GRAPH", "OUTCOME"].dropLast(), [sick.id]),
                (["status"], ["WELL", "Graphs: 5 (4 healthy, 1 hung)"], ["NOT"]),
            ]
            for (words, has, lacks) in cases {
                let answer = try await agent.command(words)
                #expect(answer.status == 0, "\(words): \(answer.text)")
                for text in has { #expect(answer.text.contains(text), "\(words): \(answer.text)") }
                for text in lacks {
                    #expect(!answer.text.contains(text), "\(words): \(answer.text)")
                }
            }
            for (words, member, count) in [
                (["graphs", "--verdict=hung"], "graphs", 1), (["graphs"], "graphs", 5),
                (["rules"], "rules", 4), (["alerts", "--graph=\(sick.id)"], "alerts", 1),
                (["remediations"], "remediations", 0),
            ] {
                let answer = try await agent.command(words + ["-o", "json"])
                let items = try JSONValue.parse(Array(answer.text.utf8))["data"]?[member]?
                    .arrayValue
                #expect(items?.count == count, "\(words): \(answer.text)")
            }
            let unknown = try await agent.command(["graphs", "show", "nobody"])
            #expect(unknown.status == 1 && unknown.text.contains("no graph"), "\(unknown.text)")
        }
    }

    @Test("names the graphs that an ambiguous beginning of an id may mean")
    func ambiguous() async throws {
        try await OperatedAgent.with(AgentSetup(graphs: 3)) { agent in
            let ids = [
                "feedbeef-0000-4000-8000-000000000001", "feedbeef-0000-4000-8000-000000000002",
            ]
            agent.cloud.withCloud { cloud, now in
                for (index, id) in ids.enumerated() {
                    cloud.addGraph(id: id, name: "twin_\(index)", at: now)
                }
            }
            try await agent.eventually(["graphs"]) { $0.text.contains("twin_1") }
            for words in [
                ["graphs", "show", "feedbeef"], ["why", "feedbeef"],
                ["pause", "feedbeef", "--for=1h"],
            ] {
                let order = words.first == "pause" ? ["--reason=x"] : []
                let answer = try await agent.command(words + order)
                #expect(answer.status == 1, "\(answer.text)")
                #expect(answer.text.contains(ids[0]), "\(answer.text)")
                #expect(answer.text.contains(ids[1]), "\(answer.text)")
            }
        }
    }

    @Test("watches: appends the rows that change")
    func watch() async throws {
        try await OperatedAgent.with(AgentSetup(mode: "off")) { agent in
            let program = try Program(
                Program.graphwarden,
                ["graphs", "-w", "--interval=100ms"] + agent.options()
            )
            defer { program.signal(SIGKILL) }
            try await eventually("the list is printed") {
                program.text.contains(agent.graph(4).id)
            }
            let sick = agent.graph(2)
            _ = agent.cloud.withCloud { cloud, now in
                cloud.hang(sick.id, .unresponsive, restartsToHeal: 1, at: now)
            }
            try await eventually("the change is printed") {
                program.text.contains { $0 == "\n" } && program.text.contains("hung")
            } lastSeen: {
                program.text
            }
            let lines = program.text.split(separator: "\n")
            #expect(lines.count { $0.hasPrefix("NAME") } == 1, "\(program.text)")
            #expect(lines.count { $0.contains(agent.graph(0).id) } == 1, "\(program.text)")
            #expect(!program.text.contains("\u{1B}"))
        }
    }

    /// Runs a command on a terminal of the given width, and prints what appears there.
    private static let terminal = """
        import fcntl, os, pty, signal, struct, sys, termios
        child, terminal = pty.fork()
        if child == 0:
            # The end of the terminal ends the command, also where nohup started the tests.
            signal.signal(signal.SIGHUP, signal.SIG_DFL)
            os.environ.pop("NO_COLOR", None)
            if sys.argv[1] == "plain":
                os.environ["NO_COLOR"] = "1"
            size = struct.pack("HHHH", 24, int(sys.argv[2]), 0, 0)
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            os.execv(sys.argv[3], sys.argv[3:])
        while True:
            try:
                data = os.read(terminal, 65536)
            except OSError:
                break
            if not data:
                break
            os.write(1, data)
        """

    @Test("fits a terminal, and is coloured there unless NO_COLOR is set")
    func terminal() async throws {
        try await OperatedAgent.with(AgentSetup()) { agent in
            let long = String(repeating: "long_", count: 12)
            _ = agent.cloud.withCloud { cloud, now in
                cloud.addGraph(name: long, at: now)
            }
            try await agent.eventually(["graphs"]) { $0.text.contains(long) }
            for (mode, isColored) in [("plain", false), ("coloured", true)] {
                let shown = try await Program.run(
                    URL(filePath: "/usr/bin/python3"),
                    ["-c", Self.terminal, mode, "110", Program.graphwarden.path, "graphs"]
                        + agent.options()
                )
                #expect(shown.text.contains("\u{1B}[32mhealthy\u{1B}[0m") == isColored)
                let plain = shown.text.replacing(/\u{1B}\[[0-9]*m/, with: "")
                let widths = plain.split(whereSeparator: \.isNewline).map(\.count)
                #expect(widths.max() ?? 0 <= 110 && widths.count == 7, "\(plain)")
                #expect(plain.contains("…"), "\(plain)")
            }
        }
    }

    @Test("redraws no more than a terminal shows")
    func tall() async throws {
        try await OperatedAgent.with(AgentSetup(mode: "off", graphs: 30)) { agent in
            let program = try Program(
                URL(filePath: "/usr/bin/python3"),
                [
                    "-c", Self.terminal, "plain", "90", Program.graphwarden.path, "graphs", "-w",
                    "--interval=100ms",
                ] + agent.options()
            )
            defer { program.signal(SIGKILL) }
            try await eventually("the list is drawn three times") {
                program.text
            } is: {
                $0.components(separatedBy: "\u{1B}[H").count > 3
            }
            let drawn = program.text.components(separatedBy: "\u{1B}[H")[2]
            // A header, 21 graphs, what is left out, and the line of the cursor.
            #expect(drawn.components(separatedBy: "\r\n").count == 24, "\(drawn)")
            #expect(drawn.contains("... 9 more"), "\(drawn)")
        }
    }

    @Test("tells what is wrong with the agent, since when and what to do")
    func troubles() async throws {
        try await OperatedAgent.with(AgentSetup()) { agent in
            let file = agent.scratch.folder.appending(path: "graphwarden.yml")
            let right = try String(contentsOf: file, encoding: .utf8)
            try "nonsense: 1\n".write(to: file, atomically: true, encoding: .utf8)
            agent.process.program.signal(SIGHUP)
            let text = try await agent.eventually(["status"]) { $0.status == 1 }
            #expect(text.contains("NOT WELL") && text.contains("reload_failed, for "), "\(text)")
            #expect(text.contains("remedy: correct the files"), "\(text)")
            let ready = try await agent.process.get("/-/ready")
            #expect(ready.status == 200)
            #expect(String(decoding: ready.body, as: UTF8.self).contains("reload_failed"))
            try right.write(to: file, atomically: true, encoding: .utf8)
            agent.process.program.signal(SIGHUP)
            try await agent.eventually(["status"]) { $0.status == 0 }
        }
    }

    @Test("ends with 2 if no agent responds", arguments: ["graphs", "alerts", "rules", "status"])
    func absent(command: String) async throws {
        for words in [[command], ["graphs", "show", "x"], ["remediations"]] {
            let answer = try await Program.run(
                Program.graphwarden,
                words + ["--url=http://127.0.0.1:1"]
            )
            #expect(answer.status == 2 && answer.text.contains("cannot reach the agent"))
        }
    }

    @Test("refuses an interval that is none", arguments: ["0s", "soon", "99ms"])
    func interval(text: String) async throws {
        let answer = try await Program.run(Program.graphwarden, ["graphs", "--interval=\(text)"])
        #expect(answer.status == 64 && answer.text.contains("--interval"), "\(answer.text)")
    }

    @Test("completes in shells", arguments: ["bash", "zsh", "fish"])
    func completion(shell: String) async throws {
        let script = try await Program.run(Program.graphwarden, ["completion", shell])
        #expect(script.status == 0 && script.text.contains("acknowledge"))
        guard shell == "bash" else { return }
        let scratch = try Scratch()
        defer { scratch.remove() }
        let file = try scratch.write(script.text, to: "completion").path
        let check = try await Program.run(URL(filePath: "/bin/bash"), ["-n", file])
        #expect(check.status == 0 && check.text.isEmpty, "\(check.text)")
    }
}
