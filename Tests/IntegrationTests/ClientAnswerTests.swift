import Foundation
import TestSupport
import Testing

@Suite("A command and what it is answered")
struct ClientAnswerTests {
    private typealias Answer = ScriptedServer.Answer

    private static let graph = "00000000-0000-4000-8000-000000000001"
    private static let graphs = Answer(
        path: "/api/v1/graphs",
        body: #"{"status":"success","data":{"graphs":[{"id":"\#(graph)","name":"social"}]}}"#
    )

    private func inScratch(_ test: (Scratch) async throws -> Void) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await test(scratch)
    }

    @Test(
        "says why the listener or a proxy refused an order",
        arguments: [
            (421, "421: this server has other names; see --web.external-url\nmore\n", 1),
            (408, "408 the request was not complete in time", 1), (413, "\n\n  too large\n", 1),
            (415, "Content-Type must be application/json", 1), (404, "<html>not here</html>", 1),
            (405, "", 1), (400, #"{"status":"error","error":"no such verb"}"#, 1),
            (302, "moved", 2), (200, "ok", 2), (400, #"{"message":"from another API"}"#, 2),
        ]
    )
    func plainText(status: Int, body: String, exitCode: Int32) async throws {
        try await inScratch { scratch in
            let order = Answer(path: "/api/v1/admin/pause", status: status, body: body)
            try await ScriptedServer.serving([order], in: scratch.folder) { server in
                let words = ["pause", "--for=1h", "--reason=x", "--url=\(server.url)"]
                let answer = try await Program.run(Program.graphwarden, words)
                #expect(answer.status == exitCode, "\(answer.text)")
                let isPlain = exitCode == 1 && !body.hasPrefix("{")
                let reason = body.split(separator: "\n").first.map(String.init) ?? ""
                let says = isPlain ? "\(status): \(reason)" : exitCode == 1 ? "no such verb" : "not"
                #expect(answer.text.contains(isPlain && body.isEmpty ? "\(status)" : says))
                #expect(!answer.text.contains("more"))
                #expect(server.requests == ["POST /api/v1/admin/pause"])
            }
        }
    }

    @Test("shows at most a line of a long answer, and nothing that acts on the terminal")
    func longText() async throws {
        try await inScratch { scratch in
            let body = "\u{1B}[2J" + String(repeating: "x", count: 100_000)
            let page = Answer(path: "/", status: 502, body: body)
            try await ScriptedServer.serving([page], in: scratch.folder) { server in
                let answer = try await Program.run(
                    Program.graphwarden,
                    ["status", "--url=\(server.url)"]
                )
                #expect(answer.status == 2 && answer.text.contains("status 502: "))
                #expect(answer.text.utf8.count < 1_000 && !answer.text.contains("\u{1B}"))
            }
        }
    }

    /// The answer to `why` after a restart of the given number.
    private static func why(_ number: Int, at: String, _ outcome: String?) -> Answer {
        let outcome = outcome.map { "\"\($0)\"" } ?? "null"
        return Answer(
            path: "/api/v1/graphs/\(graph)/why",
            body: #"""
                {"status":"success","data":{"state":"restarting","summary":"at work","attempts":
                [{"attempt":\#(number),"at":"2026-01-01T00:00:\#(at)Z","outcome":\#(outcome)}]}}
                """#
        )
    }

    @Test(
        "waits for the restart that was ordered though the clock is set",
        arguments: [("01", "59"), ("59", "01"), ("30", "30")]
    )
    func clockSet(before: String, after: String) async throws {
        try await inScratch { scratch in
            let answers = [
                Self.why(3, at: "30", "failed"), Self.why(3, at: before, "failed"),
                Self.why(3, at: after, "failed"), Self.why(4, at: "30", nil),
                Self.why(4, at: before, "verified"), Self.graphs,
                Answer(path: "/api/v1/admin/approve", body: #"{"status":"success","data":{}}"#),
            ]
            try await ScriptedServer.serving(answers, in: scratch.folder) { server in
                let answer = try await Program.run(
                    Program.graphwarden,
                    ["approve", Self.graph, "--wait", "--url=\(server.url)"]
                )
                #expect(answer.status == 0, "\(answer.text)")
                #expect(answer.text.contains("attempt 4: verified"), "\(answer.text)")
            }
        }
    }

    private static func page(_ sequence: Int, next: Int?) -> Answer {
        let next = next.map(String.init) ?? "null"
        return Answer(
            path: "/api/v1/history",
            body:
                #"{"status":"success","data":{"lines":[{"sequence":\#(sequence)}],"next":\#(next)}}"#
        )
    }

    @Test("warns once of a server that is not verified, however many pages it asks for")
    func insecure() async throws {
        try await inScratch { scratch in
            try await Certificate.write(to: scratch.folder, name: "server")
            let pages = [Self.page(9, next: 8), Self.page(7, next: 6), Self.page(5, next: nil)]
            try await ScriptedServer.serving(
                pages,
                certificate: "server",
                in: scratch.folder
            ) { server in
                let answer = try await Program.run(
                    Program.graphwarden,
                    ["history", "export", "--insecure", "--url=\(server.url)"]
                )
                #expect(answer.status == 0, "\(answer.text)")
                #expect(answer.text.split(separator: "\n").count { $0.contains("sequence") } == 3)
                #expect(answer.text.split(separator: "\n").count { $0.contains("WARNING") } == 1)
            }
        }
    }

    @Test(
        "shows the history of the graph that is meant, and of one that is gone by its id",
        arguments: [
            ("social", graph), (String(graph.prefix(10)), graph), (graph, graph),
            ("00000000-0000-4000-8000-00000000000f", "00000000-0000-4000-8000-00000000000f"),
            ("socail", nil),
        ]
    )
    func lookup(name: String, id: String?) async throws {
        try await inScratch { scratch in
            let answers = [Self.graphs, Self.page(9, next: nil)]
            try await ScriptedServer.serving(answers, in: scratch.folder) { server in
                for words in [["history", name], ["history", "export", name]] {
                    let answer = try await Program.run(
                        Program.graphwarden,
                        words + ["--url=\(server.url)"]
                    )
                    #expect(answer.status == (id == nil ? 1 : 0), "\(answer.text)")
                }
                let pages = server.requests.filter { $0.contains("/history?") }
                #expect(pages.count == (id == nil ? 0 : 2))
                #expect(pages.allSatisfy { $0.contains("graph_id=\(id ?? "")") }, "\(pages)")
            }
        }
    }

    @Test(
        "refuses a filter that nothing can match, with what was meant",
        arguments: [
            (["graphs", "--verdict=hunk"], "hung"), (["graphs", "--mode=aut"], "auto"),
            (["graphs", "--state=restartin"], "restarting"), (["graphs", "--state=hold"], "held"),
            (["alerts", "--state=fireing"], "firing"), (["rules", "--state=pendin"], "pending"),
            (["rules", "--health=okay"], nil), (["remediations", "--outcome=verifed"], "verified"),
            (["history", "--kind=intend"], nil), (["history", "--outcome=verifid"], "verified"),
            (["history", "export", "--kind=heldd"], "held"),
        ]
    )
    func filters(words: [String], meant: String?) async throws {
        let answer = try await Program.run(
            Program.graphwarden,
            words + ["--url=http://127.0.0.1:1"]
        )
        #expect(answer.status == 64 && answer.text.contains("is none of"), "\(answer.text)")
        if let meant {
            #expect(answer.text.contains("did you mean \"\(meant)\"?"), "\(answer.text)")
        }
    }
}
