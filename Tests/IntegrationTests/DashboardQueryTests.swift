import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing
import URI

/// What a query of a dashboard returns.
private enum Answer: Hashable {
    /// The labels of each series.
    case series([[String: String]])
    case failure(String)

    var isEmpty: Bool { self == .series([]) }

    init(_ json: JSONValue) {
        guard json["status"] == "success", let result = json["data"]?["result"]?.arrayValue else {
            self = .failure(json["error"]?.stringValue ?? "\(json)")
            return
        }
        let labels = result.map { series in
            Dictionary(
                (series["metric"]?.objectValue ?? []).map { ($0.name, $0.value.stringValue ?? "") }
            ) { first, _ in first }
        }
        self = .series(labels)
    }
}

/// A real Prometheus that scrapes a real agent, whose fleet has a graph that no restart helps.
@Suite("The queries of the dashboards")
struct DashboardQueryTests {
    /// Queries that may return nothing, and why.
    private static let mayBeEmpty: [String: String] = {
        let lists = [
            "nothing of the kind happened": [
                "remediation/Orders/A", "remediation/POSTs by answer/B",
                "remediation/Received alerts/C", "agent/Errors and refusals/C",
                "agent/Reloads",
                "fleet/Starts of the agent", "remediation/Starts of the agent",
                "agent/Starts of the agent",
            ],
            "no graph waits for an approval, and none has used up its attempts": [
                "remediation/Who waits/A", "remediation/Who waits/B", "remediation/Who waits/C",
            ],
        ]
        return Dictionary(
            lists.flatMap { reason, names in names.map { ($0, reason) } }
        ) { first, _ in first }
    }()

    @Test("run on Prometheus and on the agent, and return what the dashboards show")
    func run() async throws {
        let alertmanager = try await AlertmanagerServer.start(
            receiver: "http://127.0.0.1:9/",
            token: "unused",
            repeats: "1h"
        )
        defer { alertmanager.stop() }
        var setup = AgentSetup(webhook: ["GraphHung"])
        setup.files = ["rules.yml": AgentSetup.rules]
        setup.sections = [
            "alertmanagers: [{url: \"\(alertmanager.url)\", timeout: 2s}]",
            "maintenance: [{name: nightly, scope: {name: none}, time_intervals: [{years: [\"2000\"]}]}]",
        ]
        var fleet = AgentSetup.fleet
        fleet.pastJobs = 6
        try await RunningAgent.with(setup, fleet: fleet) { agent in
            try await agent.waitUntilReady()
            let prometheus = try await PrometheusServer.start(
                configuration: Self.configuration(agent.process.url),
                files: ["recording.yml": try Self.recordingRules(), "rules.yml": AgentSetup.rules]
            )
            defer { prometheus.stop() }
            try await prometheus.waitUntilUp()
            let graphs = try await agent.makeTrouble()
            let asking = Asking(agent: agent, prometheus: prometheus, graphs: graphs)
            try await asking.expectAnswers(except: Self.mayBeEmpty)
            try await asking.expectVariables()
        }
    }

    private static func recordingRules() throws -> String {
        let file = Program.root.appending(path: "packaging/prometheus/recording.yml")
        return try String(contentsOf: file, encoding: .utf8)
    }

    private static func configuration(_ agent: String) -> String {
        """
        global: {scrape_interval: 2s, scrape_timeout: 2s, evaluation_interval: 2s}
        rule_files: [recording.yml, rules.yml]
        scrape_configs:
          - job_name: graphwarden
            static_configs: [{targets: ["\(agent.dropFirst("http://".count))"]}]
        """
    }
}

extension RunningAgent {
    /// One graph is restarted and healed, one hangs for ever, and one works. Requests in both
    /// directions are refused. Returns the graphs of which something is to be seen.
    fileprivate func makeTrouble() async throws -> [String] {
        try await waitUntilVerified(try hangGraph(2, .unresponsive))
        let victim = try graphID(1)
        _ = cloud.withCloud { cloud, now in
            cloud.hang(victim, .unresponsive, restartsToHeal: nil, at: now)
        }
        try await waitForState("restarting", of: victim)
        let working = try graphID(3)
        cloud.withCloud { cloud, now in
            cloud.beginWork(working, .importing, lasting: .seconds(60), at: now)
            cloud.revokeTokens()
        }
        let missing = try await process.get("/missing")
        #expect(missing.status == 404)
        return [victim, working]
    }

    /// The metrics of the exposition with their labels.
    fileprivate func exposedLabels() async throws -> [String: Set<String>] {
        let text = String(decoding: try await process.get("/metrics").body, as: UTF8.self)
        var labels: [String: Set<String>] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let name = line.prefix { $0 != "{" && $0 != " " }
            let names = line.dropFirst(name.count).matches(of: /[{,]([a-z_]+)="/)
            labels[String(name), default: []].formUnion(names.map { String($0.1) })
        }
        return labels
    }
}

extension DashboardQueryTests {
    fileprivate static func recordedNames() throws -> Set<String> {
        Set(try recordingRules().matches(of: /record: (\S+)/).map { String($0.1) })
    }
}

/// Asks Prometheus and the agent what Grafana would ask them.
private struct Asking {
    let agent: RunningAgent
    let prometheus: PrometheusServer
    /// Each query about one graph is asked about all of these.
    let graphs: [String]

    private var instance: String { String(agent.process.url.dropFirst("http://".count)) }

    private func path(
        _ query: Dashboard.Query,
        job: String,
        instance: String,
        graph: String
    ) -> String {
        let sent = query.sent(job: job, instance: instance, graph: graph)
        let now = Date().timeIntervalSince1970
        let time =
            query.isInstant
            ? "query?time=\(now)" : "query_range?start=\(now - 60)&end=\(now)&step=2"
        return "/api/v1/\(time)&query=\(PercentEncoding.encode(sent))"
    }

    private func prometheusAnswer(
        _ query: Dashboard.Query,
        _ graph: String
    ) async throws -> Answer {
        let path = path(query, job: "(graphwarden|other)", instance: instance, graph: graph)
        return Answer(try await prometheus.get(path))
    }

    /// There is no job: Grafana sends an empty list of them.
    private func agentAnswer(_ query: Dashboard.Query, _ graph: String) async throws -> Answer {
        let path = path(query, job: "()", instance: "()", graph: graph)
        return Answer(try await agent.process.json(path))
    }

    /// Waits until each query has returned something and each metric has been exposed. What is there
    /// for a moment, such as a restart in progress, need not be there all at once.
    func expectAnswers(except mayBeEmpty: [String: String]) async throws {
        let queries = Dashboard.all.flatMap(\.queries)
        let unknown = Set(mayBeEmpty.keys).subtracting(queries.map(\.name))
        #expect(unknown.isEmpty, "exceptions of no query")
        var open = queries
        var exposed: [String: Set<String>] = [:]
        try await eventually("each query returns something", every: .milliseconds(500)) {
            exposed.merge(try await agent.exposedLabels()) { $0.union($1) }
            var still: [Dashboard.Query] = []
            for query in open where try await !isAnswered(query, except: mayBeEmpty) {
                still.append(query)
            }
            open = still
            return open.isEmpty
        } lastSeen: {
            "no data for \(open.map(\.name))\n\(try await agent.account(of: graphs[0]))"
        }
        for query in queries { try expectExposed(query, exposed) }
    }

    /// Each metric in a query was in the exposition, with the labels that the query names.
    private func expectExposed(
        _ query: Dashboard.Query,
        _ exposed: [String: Set<String>]
    ) throws {
        let recorded = try DashboardQueryTests.recordedNames()
        for selector in query.selectors where selector.metric != "ALERTS" {
            if recorded.contains(selector.metric) { continue }
            guard let known = exposed[selector.metric] else {
                Issue.record("\(query): the agent has no \(selector.metric)")
                continue
            }
            let missing = selector.labels.subtracting(known).subtracting(["job", "instance"])
            #expect(missing.isEmpty, "\(query): \(selector.metric) has no \(missing)")
        }
    }

    private func isAnswered(
        _ query: Dashboard.Query,
        except mayBeEmpty: [String: String]
    ) async throws -> Bool {
        for graph in graphs {
            let here = try await agentAnswer(query, graph)
            if case .failure(let error) = here { Issue.record("\(query) on the agent: \(error)") }
            let there = try await prometheusAnswer(query, graph)
            guard case .series(let series) = there else {
                Issue.record("\(query): \(there)")
                return true
            }
            for labels in series { expectLabels(labels, of: query) }
            let isAboutGraphs = query.selectors.allSatisfy { $0.metric.hasPrefix("ges_") }
            if !there.isEmpty && !(isAboutGraphs && here.isEmpty) { return true }
        }
        return mayBeEmpty[query.name] != nil
    }

    private func expectLabels(_ labels: [String: String], of query: Dashboard.Query) {
        let missing = query.legendLabels.subtracting(labels.keys)
        #expect(missing.isEmpty, "\(query): its series have no \(missing): \(labels)")
        #expect(!query.isTable || labels["graph_id"] != nil, "\(query): no link to the page")
    }

    /// The queries of the variables list the job, the instance, and the graphs by name.
    func expectVariables() async throws {
        for variable in Dashboard.all.flatMap(\.variables) where variable["type"] == "query" {
            let text = try #require(variable["query"]?["query"]?.stringValue)
            if let match = text.wholeMatch(of: /label_values\((.+), (\w+)\)/) {
                let selector = String(match.1).replacing("$job", with: "graphwarden")
                let values = try await prometheus.get(
                    "/api/v1/label/\(match.2)/values?match[]=\(PercentEncoding.encode(selector))"
                )
                let expected = match.2 == "job" ? "graphwarden" : instance
                #expect(values["data"] == [.string(expected)], "\(text)")
            } else {
                try await expectGraphs(variable, text)
            }
        }
    }

    /// Grafana applies the pattern to each series as text.
    private func expectGraphs(_ variable: JSONValue, _ text: String) async throws {
        let match = try #require(text.wholeMatch(of: /query_result\((.+)\)/))
        let query = String(match.1).replacing("$job", with: "graphwarden")
            .replacing("$instance", with: instance)
        let answer = Answer(
            try await prometheus.get("/api/v1/query?query=\(PercentEncoding.encode(query))")
        )
        guard case .series(let series) = answer else {
            Issue.record("\(text): \(answer)")
            return
        }
        let slashed = try #require(variable["regex"]?.stringValue)
        let pattern = try NSRegularExpression(pattern: String(slashed.dropFirst().dropLast()))
        var found: [String: String] = [:]
        for labels in series {
            let sorted = labels.filter { $0.key != "__name__" }.sorted { $0.key < $1.key }
            let pairs = sorted.map { "\($0)=\"\($1)\"" }.joined(separator: ",")
            let line = "ges_graph_info{\(pairs)} 1"
            let whole = NSRange(line.startIndex..., in: line)
            let result = try #require(pattern.firstMatch(in: line, range: whole))
            let groups = ["value", "text"].compactMap {
                Range(result.range(withName: $0), in: line).map { String(line[$0]) }
            }
            try #require(groups.count == 2)
            found[groups[0]] = groups[1]
        }
        let graphs = agent.cloud.withCloud { cloud, _ in cloud.graphs.map { ($0.id, $0.name) } }
        #expect(found == Dictionary(uniqueKeysWithValues: graphs))
    }
}
