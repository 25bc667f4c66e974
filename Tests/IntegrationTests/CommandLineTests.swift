import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing

@Suite("The command line")
struct CommandLineTests {
    private func run(_ arguments: String...) async throws -> (status: Int32, text: String) {
        try await Program.run(Program.graphwarden, arguments)
    }

    @Test("prints the version")
    func version() async throws {
        let (status, text) = try await run("--version")
        #expect(status == 0)
        #expect(text.hasPrefix("graphwarden, version "))
    }

    @Test("exits with 64 on wrong usage")
    func usage() async throws {
        #expect(try await run("run", "--no-such-flag").status == 64)
        #expect(try await run("run", "--web.listen-address=nonsense").status == 64)
        #expect(try await run("run", "--log.level=loud").status == 64)
        #expect(try await run("nonsense").status == 64)
    }

    @Test("checks the shipped rules, and reports mistakes with file, line and column")
    func rules() async throws {
        let folder = Program.root.appending(path: "rules")
        for name in ["unresponsive", "import", "export", "clear"] {
            let (status, text) = try await run(
                "check",
                "rules",
                folder.appending(path: "\(name).yml").path
            )
            #expect(status == 0, "\(text)")
            #expect(text.contains("SUCCESS: "), "\(text)")
        }
        let scratch = try Scratch()
        defer { scratch.remove() }
        let bad = try scratch.write(
            "groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: up(\n",
            to: "bad.yml"
        )
        let (status, text) = try await run("check", "rules", bad.path)
        #expect(status == 1)
        #expect(
            text.contains("bad.yml:5:15: group \"g\", rule 1, \"A\": could not parse"),
            "\(text)"
        )
        #expect(try await run("check", "rules", "/no/such/file").status == 2)
    }

    @Test("checks and tests rules with the feature flags of their evaluation")
    func features() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let rules = try scratch.write(
            "groups: [{name: g, rules: [{record: 'm:mad', expr: 'mad_over_time(m[5m])'}]}]\n",
            to: "rules.yml"
        ).path
        let tests = try scratch.write(
            """
            rule_files: [rules.yml]
            tests:
              - interval: 1m
                input_series: [{series: m, values: 4 6 2 1 999}]
                promql_expr_test:
                  - expr: m:mad + 0 * mad_over_time(m[5m])
                    eval_time: 4m
                    exp_samples: [{labels: '{}', value: 2}]

            """,
            to: "tests.yml"
        ).path
        let feature = "--enable-feature=promql-experimental-functions"
        #expect(try await run("check", "rules", rules).status == 1)
        #expect(try await run("test", "rules", tests).status == 1)
        for arguments in [["check", "rules", feature, rules], ["test", "rules", feature, tests]] {
            let (status, text) = try await Program.run(Program.graphwarden, arguments)
            #expect(status == 0, "\(text)")
        }
        #expect(try await run("check", "rules", "--enable-feature=none", rules).status == 64)
    }

    @Test("checks everything that a start would read, without starting")
    func checkBeforeRun() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let web = try scratch.write("basic_auth_users: {}\n", to: "web.yml").path
        try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
            try AgentSetup().write(to: scratch, for: cloud)
            let file = scratch.folder.appending(path: "graphwarden.yml").path
            func check(_ file: String, _ web: String) async throws -> Int32 {
                try await run(
                    "run",
                    "--config.check",
                    "--config.file=\(file)",
                    "--web.config.file=\(web)"
                ).status
            }
            #expect(try await check(file, web) == 0)
            #expect(try await check(file, "/no/such/file") == 2)
            #expect(try await check("/no/such/file", web) == 2)
            #expect(try await check(file, file) == 1)
            #expect(try await check(web, web) == 1)
        }
        #expect(try await run("run", "--config.auto-reload-interval=0s").status == 64)
    }

    @Test("checks a configuration and reports its worst case")
    func configuration() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
            try AgentSetup().write(to: scratch, for: cloud)
        }
        let file = scratch.folder.appending(path: "graphwarden.yml")
        let (status, text) = try await run("check", "config", file.path)
        #expect(status == 0, "\(text)")
        #expect(text.contains("worst case: at most 3 restarts per hour"), "\(text)")
        let bad = try scratch.write("cluod: {}\n", to: "bad.yml")
        let result = try await run("check", "config", bad.path)
        #expect(result.status == 1)
        #expect(result.text.contains("bad.yml:1:1: unknown key \"cluod\""), "\(result.text)")
        #expect(result.text.contains("did you mean \"cloud\""), "\(result.text)")
        #expect(try await run("check", "config", "/no/such/file").status == 2)
    }

    @Test("compares each of several configurations with the graphs on standard input")
    func graphsOnInput() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
            try AgentSetup().write(to: scratch, for: cloud)
        }
        let file = scratch.folder.appending(path: "graphwarden.yml").path
        let graphs = try scratch.write(#"[{"id": "g1", "name": "social"}]"#, to: "graphs.json").path
        let script = #"exec "$0" check config --graphs=- "$@" < "\#(graphs)""#
        let (status, text) = try await Program.run(
            URL(filePath: "/bin/bash"),
            ["-c", script, Program.graphwarden.path, file, file]
        )
        #expect(status == 0, "\(text)")
        #expect(text.split(separator: "\n").count { $0.contains("social") } == 2, "\(text)")
    }

    @Test("refuses to run without a usable configuration or port")
    func cannotStart() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        #expect(try await run("run", "--config.file=/no/such/file").status == 2)
        try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
            try AgentSetup().write(to: scratch, for: cloud)
        }
        let taken = try await SimulatedCloudServer.bind(AgentSetup.fleet)
        let address = taken.endpoints.control.dropFirst("http://".count)
        let (status, text) = try await run(
            "run",
            "--config.file=\(scratch.folder.path)/graphwarden.yml",
            "--storage.path=\(scratch.folder.path)/data",
            "--web.listen-address=\(address)"
        )
        #expect(status == 1, "\(text)")
        #expect(text.contains("cannot listen on \(address)"), "\(text)")
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await taken.run() }
            await taken.stop()
        }
    }

    @Test("explains why the running agent does or does not act")
    func why() async throws {
        try await RunningAgent.with(AgentSetup(mode: "shadow")) { agent in
            try await agent.waitUntilReady()
            let victim = try agent.hangGraph(1, .unresponsive)
            try await eventually("the command predicts a restart", every: .milliseconds(200)) {
                try await run("why", victim, "--url=\(agent.process.url)").text
            } is: { text in
                text.contains("would be restarted")
            }
            let (status, text) = try await run(
                "why",
                victim,
                "--url=\(agent.process.url)",
                "-o",
                "json"
            )
            #expect(status == 0)
            let body = try JSONValue.parse(Array(text.utf8))
            #expect(body["data"]?["id"] == .string(victim))
            #expect(try await run("why", "nobody", "--url=\(agent.process.url)").status == 1)
        }
        #expect(try await run("why", "x", "--url=http://127.0.0.1:1").status == 2)
    }

    @Test("simulates a cloud with TLS, whose certificate can be made invalid")
    func simulatedTLS() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let authority = scratch.folder.appending(path: "ca.pem").path
        let cloud = try Program(
            Program.graphwarden,
            ["simulate", "-o", "json", "--tls-ca-file=\(authority)"]
        )
        defer { cloud.signal(SIGKILL) }
        try await eventually("the cloud prints its addresses") {
            cloud.text
        } is: {
            $0.contains("}")
        }
        let described = try JSONValue.parse(Array(cloud.text.utf8))
        let management = try #require(described["management"]?.stringValue)
        let control = try #require(described["control"]?.stringValue)
        let http = try HTTPClient(configuration: HTTPClientConfiguration(caFile: authority))
        defer { http.shutdown() }
        #expect(try await http.send(HTTPRequest(url: management + "/v2/p/graphs")).status == 401)
        let body = Array(#"{"kind":"expired"}"#.utf8)
        let change = HTTPRequest(.post, url: control + "/control/certificate", body: body)
        #expect(try await http.send(change).status == 200)
        await #expect(throws: HTTPError.self) {
            try await http.send(HTTPRequest(url: management + "/v2/p/graphs"))
        }
        cloud.signal(SIGTERM)
        #expect(try await cloud.exitStatus() == 0)
    }
}
