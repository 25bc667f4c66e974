import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing

@Suite("The agent below a path")
struct AgentBelowAPathTests {
    @Test("serves every route there, and redirects the root to it")
    func routes() async throws {
        try await RunningAgent.with(AgentSetup(), arguments: ["--web.route-prefix=/a/gw"]) {
            agent in
            try await agent.waitUntilReady()
            let process = agent.process
            #expect(process.url.hasSuffix("/a/gw"))
            for path in ["/", "/metrics", "/-/healthy", "/api/v1/graphs", "/style.css"] {
                #expect(try await process.get(path).status == 200, "\(path)")
            }
            let root = process.url.dropLast("/a/gw".count)
            let client = try HTTPClient(configuration: HTTPClientConfiguration())
            defer { client.shutdown() }
            for path in ["/metrics", "/-/healthy", "/api/v1/graphs", "/a", "/a/gwx/", "//"] {
                let answer = try await client.send(HTTPRequest(url: root + path))
                #expect(answer.status == 404, "\(path)")
            }
            for path in ["/", "/a/gw"] {
                let answer = try await client.send(HTTPRequest(url: root + path))
                #expect(answer.status == 302)
                #expect(answer.header("Location") == "/a/gw/")
            }
            // Metrics name a route without the prefix.
            try await eventually("the request is counted", every: .milliseconds(100)) {
                try await process.metrics().keys.contains { $0.contains("handler=\"/-/healthy\"") }
            }
            try await linksWork(process)
        }
    }

    /// Follows what the page refers to, as a browser does: relative to its own URL.
    private func linksWork(_ process: AgentProcess) async throws {
        let page = String(decoding: try await process.get("/").body, as: UTF8.self)
        let links = page.matches(of: /(?:href|src)="([^"]+)"/).map { String($0.1) }
        #expect(links.count >= 5)
        for link in links {
            let url = try #require(URL(string: link, relativeTo: URL(string: process.url + "/")))
            #expect(url.absoluteString.hasPrefix(process.url + "/"), "\(link)")
            let path = url.absoluteString.dropFirst(process.url.count)
            #expect(try await process.get(String(path)).status == 200, "\(link)")
        }
    }

    /// Every command that asks an agent; one that is refused has been understood.
    private static let commands: [[String]] = [
        ["status"], ["graphs"], ["alerts"], ["rules"], ["remediations"], ["history"],
        ["history", "export"], ["check", "healthy"],
    ]

    @Test("is reached by every command, whether or not the URL ends with a slash")
    func commands() async throws {
        var setup = AgentSetup()
        setup.acceptsOrders = true
        let arguments = ["--web.external-url=http://127.0.0.1/gw/", "--web.route-prefix=/gw"]
        try await RunningAgent.with(setup, arguments: arguments) { agent in
            let url = agent.process.url
            let file = agent.folder.appending(path: "secret")
            try Data("secret\n".utf8).write(to: file)
            func run(_ words: [String], slash: String = "") async throws -> (Int32, String) {
                try await Program.run(
                    Program.graphwarden,
                    words + [
                        "--url=\(url)\(slash)", "--user=alice", "--password-file=\(file.path)",
                    ]
                )
            }
            try await eventually("the agent is well") { try await run(["status"]).0 == 0 }
            let id = try agent.graphID(1)
            for slash in ["", "/"] {
                for words in Self.commands + [["graphs", "show", id], ["why", id]] {
                    let (status, text) = try await run(words, slash: slash)
                    #expect(status == 0, "\(words): \(text)")
                }
            }
            let reason = ["--reason=test"]
            for (words, expected) in [
                (["pause", id, "--for=1h"] + reason, 0), (["resume", id] + reason, 0),
                (["approve", id], 1), (["reject", id] + reason, 1),
                (["acknowledge", id] + reason, 1),
            ] as [([String], Int32)] {
                let (status, text) = try await run(words)
                #expect(status == expected, "\(words): \(text)")
                #expect(!text.contains("404"), "\(text)")
            }
        }
    }
}
