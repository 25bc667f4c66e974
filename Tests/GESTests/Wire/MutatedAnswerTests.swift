import HTTPClient
import JSON
import TestSupport
import Testing

@testable import GES

/// Responses that are almost the cloud's: whatever arrives, the client reports it and continues.
@Suite("A mutated response")
struct MutatedAnswerTests {
    /// One of every type that is decoded.
    private static let templates: [JSONValue] = [
        #"{"graph_count":2,"graphs":[{"id":"g1","name":"n1","status":"200","private_ip":"10.0.0.1","#
            + #""traffic_ip_list":["10.0.0.2"],"created":"2025-01-02T03:04:05","tags":[{"key":"a","#
            + #""value":"b"}],"action_progress":"42%","enable_https":"true"},{"id":"g2","name":"n2","#
            + #""status":202}]}"#,
        #"{"graphCount":1,"graphs":[{"graphId":"g1","name":"n1","status":"200","privateIp":"1.2.3.4","#
            + #""updated":"1735787045000"}]}"#,
        #"{"graph":{"id":"g1","name":"n1","status":"901","public_ip":"1.2.3.4"}}"#,
        #"{"job_id":"j1","status":"running","job_type":"GraphManagement","begin_time":"#
            + #""2025-01-02T03:04:05","related_graph":"n1","fail_reason":null}"#,
        #"{"job_count":1,"job_list":[{"job_id":"j1","status":"success","job_name":"RestartGraph"}]}"#,
        #"{"jobs":[{"jobId":"t1","status":"running","jobType":"Algorithm","progress":0.5}],"#
            + #""jobCount":1}"#,
        #"{"read_running":[{"cost_time":17}],"read_pending":[],"write_running":3}"#,
        #"{"data":{"vertexNum":1,"edgeNum":2,"labelDetails":{}},"result":"success"}"#,
        #"{"errorCode":"GES.7016","errorMessage":"m","error":{"code":401,"title":"t"},"#
            + #""errors":[{"code":"c"}],"message":{"code":"x","details":"d"}}"#,
        #"{"token":{"expires_at":"2025-01-03T03:04:05.000000Z","issued_at":"2025-01-02T03:04:05Z"}}"#,
    ].compactMap { try? JSONValue.parse(Array($0.utf8)) }

    @Test("is parsed or causes a typed error", arguments: 0..<8)
    func everyQuestion(seed: UInt64) async throws {
        #expect(Self.templates.count == 10)
        var random = SeededRandom(seed: seed)
        var answered = 0
        var failed = 0
        for _ in 0..<150 {
            let text = Self.answer(&random)
            let status = [200, 200, 200, 201, 204, 400, 401, 429, 500].randomElement(using: &random)
            let headers = Self.headers(&random)
            let answer = HTTPResponse(status: status ?? 200, headers: headers, body: text)
            for outcome in try await Self.ask(answer) {
                if outcome { answered += 1 } else { failed += 1 }
            }
        }
        // Both outcomes must occur, or the test proves nothing.
        #expect(answered > 20 && failed > 20, "\(answered) answered, \(failed) failed")
    }

    /// Whether each request succeeded.
    private static func ask(_ answer: HTTPResponse) async throws -> [Bool] {
        let cloud = ScriptedCloud(answers: [answer])
        let client = try ClientFixture(cloud).client
        var graph = Graph(id: "g1", name: "n1", status: GraphStatus(code: "200"))
        graph.privateIP = "127.0.0.1"
        let dataPlane = DataPlaneConfiguration()
        var outcomes = [
            (try? await client.listGraphs()) != nil,
            (try? await client.graph("g1")) != nil,
            (try? await client.job(graphID: "g1", jobID: "j1")) != nil,
            (try? await client.jobs(JobFilter(status: .running))) != nil,
            (try? await client.runningTasks(of: graph, dataPlane: dataPlane)) != nil,
            (try? await client.realTimeQueries(of: graph, dataPlane: dataPlane)) != nil,
        ]
        if case .accepted = await client.restart("g1").0 { outcomes.append(true) }
        if case .alive = await client.probe(.summary, of: graph, dataPlane: dataPlane) {
            outcomes.append(true)
        }
        return outcomes
    }

    // MARK: Answers

    private static func answer(_ random: inout SeededRandom) -> [UInt8] {
        var value = templates.randomElement(using: &random) ?? .null
        for _ in 0..<Int.random(in: 0...3, using: &random) { value = mutated(value, &random) }
        var bytes = (try? value.serialized()) ?? []
        // Corrupts some responses on the wire.
        if Int.random(in: 0..<8, using: &random) == 0, !bytes.isEmpty {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] =
                UInt8.random(in: 0...255, using: &random)
        }
        return bytes
    }

    /// Replaces one value of the document.
    private static func mutated(_ value: JSONValue, _ random: inout SeededRandom) -> JSONValue {
        let goesDeeper = Int.random(in: 0..<4, using: &random) > 0
        switch value {
        case .object(var members) where goesDeeper && !members.isEmpty:
            let place = Int.random(in: 0..<members.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: members.remove(at: place)
            case 1: members.append(JSONMember(members[place].name, oddity(&random)))
            default:
                let changed = mutated(members[place].value, &random)
                members[place] = JSONMember(members[place].name, changed)
            }
            return .object(members)
        case .array(var elements) where goesDeeper && !elements.isEmpty:
            let place = Int.random(in: 0..<elements.count, using: &random)
            if Bool.random(using: &random) {
                elements[place] = mutated(elements[place], &random)
            } else {
                elements.append(elements[place])
            }
            return .array(elements)
        default: return oddity(&random)
        }
    }

    private static func oddity(_ random: inout SeededRandom) -> JSONValue {
        let oddities: [JSONValue] = [
            .null, true, "", " ", [], [:], [[]], ["a": ["b": [.null]]], .integer(.max),
            .integer(.min),
            .unsigned(.max), .double(1e308), .double(-0.0), .integer(-1), "9223372036854775808",
            "-1", "1e999", "NaN", "0x10", "2025-13-45T99:99:99", "99999999999999999999", "%",
            "100%",
            "../..", "\u{0}", "\u{202E}", "é\u{301}", "200", .integer(200), "running",
            .string(String(repeating: "x", count: 5_000)),
            .string(String(repeating: "9", count: 400)),
            nested(20),
        ]
        return oddities.randomElement(using: &random) ?? .null
    }

    private static func nested(_ depth: Int) -> JSONValue {
        (0..<depth).reduce(JSONValue.null) { inner, _ in ["graphs": [inner]] }
    }

    private static func headers(_ random: inout SeededRandom) -> [HTTPHeader] {
        let values = [
            "0", "-1", "5", "99999999999999999999", "Wed, 31 Feb 2025 25:61:61 GMT", "soon", "",
            "Thu, 02 Jan 2025 03:05:35 GMT",
        ]
        return ["Retry-After", "Date", "X-Request-Id"].compactMap { name in
            guard Bool.random(using: &random) else { return nil }
            return HTTPHeader(name, values.randomElement(using: &random) ?? "")
        }
    }
}
