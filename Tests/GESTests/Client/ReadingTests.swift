import HTTPClient
import TestSupport
import Testing

@testable import GES

@Suite("Reading graphs and jobs")
struct ReadingTests {
    private static let graphs = "/v2/\(ClientFixture.project)/graphs"

    @Test("a graph is read by its id", arguments: APIVersion.allCases)
    func graph(version: APIVersion) async throws {
        let cloud = ScriptedCloud(answers: [
            .json(#"{"graph":{"id":"g","name":"demo","status":"204"}}"#)
        ])
        let graph = try await ClientFixture(cloud, version: version).client.graph("g")
        #expect(graph.status.code == "204")
        #expect(
            cloud.received[0].path
                == "/\(version == .v1 ? "v1.0" : "v2")/\(ClientFixture.project)/graphs/g"
        )
    }

    @Test("a response about another graph is rejected")
    func otherGraph() async throws {
        let cloud = ScriptedCloud(answers: [
            .json(#"{"graph":{"id":"other","name":"demo","status":"200"}}"#)
        ])
        let fixture = try ClientFixture(cloud)
        let error = await #expect(throws: GESError.self) { try await fixture.client.graph("g") }
        #expect(error?.description == "requested graph g, the response is about graph other")
    }

    @Test("a deleted graph is recognised by its error code")
    func goneGraph() async throws {
        let cloud = ScriptedCloud(answers: [
            .json(
                #"{"errorCode":"GES.7000","errorMessage":"The graph does not exist."}"#,
                status: 400,
                headers: [HTTPHeader("X-Request-Id", "req-1")]
            )
        ])
        let fixture = try ClientFixture(cloud)
        let error = await #expect(throws: GESError.self) { try await fixture.client.graph("g") }
        #expect(error?.code == "GES.7000")
        #expect(
            error?.description
                == "response 400 GES.7000: The graph does not exist. (request req-1)"
        )
    }

    @Test(
        "an id cannot escape its path segment",
        arguments: [
            ("../../v2/x", "/..%2F..%2Fv2%2Fx"), ("a?b=c#d", "/a%3Fb%3Dc%23d"), ("a b", "/a%20b"),
        ]
    )
    func encodedID(id: String, encoded: String) async throws {
        let cloud = ScriptedCloud(answers: [.json("{}")])
        _ = try? await ClientFixture(cloud).client.graph(id)
        #expect(cloud.received.map(\.target) == [Self.graphs + encoded])
    }

    @Test("dots and the empty string are not valid ids", arguments: ["", ".", ".."])
    func impossibleID(id: String) async throws {
        let cloud = ScriptedCloud(answers: [.json("{}")])
        let fixture = try ClientFixture(cloud)
        await #expect(throws: GESError.self) { try await fixture.client.graph(id) }
        #expect(await fixture.client.restart(id).0.label == "notSent invalid")
        #expect(cloud.received.isEmpty)
    }

    @Test("a job is read by graph and job id")
    func job() async throws {
        let cloud = ScriptedCloud(answers: [
            .json(
                #"{"job_id":"j1","status":"running","begin_time":"2025-12-18T03:04:05","#
                    + #""job_name":"RestartGraph","related_graph":"demo"}"#
            )
        ])
        let job = try await ClientFixture(cloud).client.job(graphID: "g", jobID: "j1")
        #expect(job.status == .running)
        #expect(job.relatedGraph == "demo")
        #expect(cloud.received[0].path == Self.graphs + "/g/jobs/j1/status")
    }

    @Test("a lost job is recognised by its error code", arguments: ["GES.8301", "GES.7007"])
    func lostJob(code: String) async throws {
        let cloud = ScriptedCloud(answers: [
            .json(#"{"errorCode":"\#(code)","errorMessage":"can not find job"}"#, status: 400)
        ])
        let fixture = try ClientFixture(cloud)
        let error = await #expect(throws: GESError.self) {
            try await fixture.client.job(graphID: "g", jobID: "j")
        }
        #expect(error?.saysJobIsUnknown == true)
    }

    @Test("jobs are filtered, and the newest comes first")
    func jobs() async throws {
        let cloud = ScriptedCloud(answers: [
            .json(
                #"{"job_count":4,"job_list":["#
                    + #"{"job_id":"a","status":"success","begin_time":"2025-01-02T01:00:00"},"#
                    + #"{"job_id":"b","status":"running","begin_time":"2025-01-02 02:00:00"},"#
                    + #"{"job_id":"c","status":"pending"},{"status":"running"}]}"#
            )
        ])
        let fixture = try ClientFixture(cloud)
        let listing = try await fixture.client.jobs(
            JobFilter(graphName: "de mo", status: .running, from: fixture.clock.wall)
        )
        #expect(listing.jobs.map(\.id) == ["c", "b", "a"])
        #expect(!listing.isComplete)
        #expect(
            cloud.received[0].target == Self.graphs + "/jobs?graph_name=de%20mo&limit=100&offset=0"
                + "&start_time=2025-01-02&status=running"
        )
    }

    @Test("failed requests are reported with their reason, responses with their status")
    func observed() async throws {
        let cloud = ScriptedCloud { (request) async throws(HTTPError) in
            guard request.path.hasSuffix("/dead") else { return .json("", status: 502) }
            throw HTTPError(.timeout, requestMayHaveBeenSent: true, message: "10 s passed")
        }
        let fixture = try ClientFixture(cloud)
        _ = try? await fixture.client.graph("dead")
        _ = try? await fixture.client.graph("sick")
        let requests = fixture.observer.record.requests
        #expect(requests.map(\.outcome) == [.failed(reason: "timeout"), .answered(status: 502)])
        #expect(requests.allSatisfy { $0.service == .ges && $0.operation == "show_graph" })
    }
}
