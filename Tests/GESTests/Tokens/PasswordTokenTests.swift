import HTTPClient
import JSON
import Synchronization
import TestSupport
import Testing

@testable import GES
import Time

@Suite("Tokens by password")
struct PasswordTokenTests {
    private static let page = #"{"graph_count":0,"graphs":[]}"#

    private static func credentials(_ password: String = "pass\"word") -> Credentials {
        .password(.constant(Secret(password)))
    }

    /// IAM numbers its tokens; GES answers 401 to those in `revoked`.
    private static func cloud(
        lifeSeconds: Int64 = 86_400,
        revoked: Set<String> = [],
        clock: ManualClock? = nil
    ) -> ScriptedCloud {
        let issued = Mutex(0)
        return ScriptedCloud { (request) async throws(HTTPError) in
            if request.path == "/v3/auth/tokens" {
                let number = issued.withLock { number in
                    number += 1
                    return number
                }
                return .token(
                    "token-\(number)",
                    lifeSeconds: lifeSeconds,
                    issuedAt: clock?.wall ?? Timestamp(milliseconds: 1_735_787_045_000)
                )
            }
            let token = request.header("X-Auth-Token") ?? ""
            return revoked.contains(token)
                ? .json(#"{"error_code":"APIGW.0307","error_msg":"must be updated"}"#, status: 401)
                : .json(page)
        }
    }

    @Test("the request names domain, user, project and the password method")
    func request() async throws {
        let fixture = try ClientFixture(Self.cloud(), credentials: Self.credentials())
        _ = try await fixture.client.listGraphs()

        let received = fixture.cloud.received
        try #require(received.count == 2)
        #expect(received[0].method == .post)
        #expect(
            received[0].url
                == "https://iam.cn-north-4.myhuaweicloud.com/v3/auth/tokens?nocatalog=true"
        )
        #expect(received[0].header("Content-Type") == "application/json;charset=utf8")
        #expect(received[0].header("X-Auth-Token") == nil)
        let expected: JSONValue = [
            "auth": [
                "identity": [
                    "methods": ["password"],
                    "password": [
                        "user": [
                            "domain": ["name": "domain"], "name": "user",
                            "password": "pass\"word",
                        ]
                    ],
                ],
                "scope": ["project": ["id": .string(ClientFixture.project)]],
            ]
        ]
        #expect(try JSONValue.parse(Array(received[0].body.utf8)) == expected)
        #expect(received[1].header("X-Auth-Token") == "token-1")
        #expect(received[1].header("Authorization") == nil)
        #expect(
            fixture.observer.record.refreshes.map(\.description) == ["2025-01-03T03:04:05Z"]
        )
    }

    @Test("one token is used until an hour before it expires")
    func renewal() async throws {
        let fixture = try ClientFixture(Self.cloud(), credentials: Self.credentials())
        for _ in 0..<3 { _ = try await fixture.client.listGraphs() }
        fixture.clock.advance(by: .seconds(82_799))
        _ = try await fixture.client.listGraphs()
        #expect(fixture.observer.operations.filter { $0 == "create_token" }.count == 1)
        fixture.clock.advance(by: .seconds(1))
        _ = try await fixture.client.listGraphs()
        #expect(fixture.observer.operations.filter { $0 == "create_token" }.count == 2)
        #expect(fixture.cloud.received.last?.header("X-Auth-Token") == "token-2")
    }

    @Test("a hundred requests at once share one token request")
    func singleFlight() async throws {
        let issued = Mutex(0)
        let cloud = ScriptedCloud { (request) async throws(HTTPError) in
            guard request.path == "/v3/auth/tokens" else { return .json(Self.page) }
            issued.withLock { $0 += 1 }
            // Lets the others join while the token is being requested.
            for _ in 0..<50 { await Task.yield() }
            return .token("token", issuedAt: Timestamp(milliseconds: 1_735_787_045_000))
        }
        let client = try ClientFixture(cloud, credentials: Self.credentials()).client
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<100 { group.addTask { _ = try await client.listGraphs() } }
            try await group.waitForAll()
        }
        #expect(issued.withLock(\.self) == 1)
    }

    @Test("a 401 makes a read get another token and retry once")
    func unauthorisedRead() async throws {
        let fixture = try ClientFixture(
            Self.cloud(revoked: ["token-1"]),
            credentials: Self.credentials()
        )
        // A token this young would not be suspected.
        await #expect(throws: GESError.self) { try await fixture.client.listGraphs() }
        fixture.clock.advance(by: .seconds(10))
        let listing = try await fixture.client.listGraphs()
        #expect(listing.isComplete)
        let requests = fixture.observer.record.requests
        #expect(
            requests.map(\.operation)
                == ["create_token", "list_graphs", "list_graphs", "create_token", "list_graphs"]
        )
        #expect(requests.map(\.isRepeated) == [false, false, false, false, true])
    }

    @Test("if the next token is also refused, the read fails without a loop")
    func refusedTwice() async throws {
        let fixture = try ClientFixture(
            Self.cloud(revoked: ["token-1", "token-2", "token-3"]),
            credentials: Self.credentials()
        )
        fixture.clock.advance(by: .seconds(60))
        for _ in 0..<5 {
            let error = await #expect(throws: GESError.self) {
                try await fixture.client.listGraphs()
            }
            #expect(error?.reason == "auth")
            #expect(error?.code == "APIGW.0307")
        }
        #expect(fixture.observer.operations.filter { $0 == "create_token" }.count == 1)
    }

    @Test("a restart is not repeated after a 401, but the next one has another token")
    func unauthorisedRestart() async throws {
        let fixture = try ClientFixture(
            Self.cloud(revoked: ["token-1"]),
            credentials: Self.credentials()
        )
        _ = try? await fixture.client.listGraphs()
        fixture.clock.advance(by: .seconds(60))
        let first = await fixture.client.restart(ClientFixture.graphID).0
        #expect(first.label == "unauthorised APIGW.0307")
        #expect(fixture.observer.operations.filter { $0 == "restart_graph" }.count == 1)
        _ = await fixture.client.restart(ClientFixture.graphID)
        #expect(fixture.cloud.received.last?.header("X-Auth-Token") == "token-2")
    }

    @Test("a wrong password is sent once, however often graphs are requested")
    func wrongPassword() async throws {
        let fixture = try ClientFixture(
            ScriptedCloud(answers: [
                .json(
                    #"{"error":{"code":401,"message":"The username or password is wrong."}}"#,
                    status: 401
                )
            ]),
            credentials: Self.credentials()
        )
        for _ in 0..<20 {
            let error = await #expect(throws: GESError.self) {
                try await fixture.client.listGraphs()
            }
            #expect(error?.reason == "auth")
            fixture.clock.advance(by: .seconds(29))
        }
        #expect(fixture.cloud.received.count == 1)
        let answer = await fixture.client.restart(ClientFixture.graphID).0
        #expect(answer.label == "notSent auth")
        fixture.clock.advance(by: .seconds(60))
        _ = try? await fixture.client.listGraphs()
        #expect(fixture.cloud.received.count == 2)
        #expect(fixture.observer.record.refreshFailures == ["auth", "auth"])
    }

    @Test("a new password in the file is tried at once")
    func rotatedPassword() async throws {
        let file = try TemporaryFile("old\n")
        let cloud = ScriptedCloud { (request) async throws(HTTPError) in
            guard request.path == "/v3/auth/tokens" else { return .json(Self.page) }
            return request.body.contains(#""password":"new""#)
                ? .token("t", issuedAt: Timestamp(milliseconds: 1_735_787_045_000))
                : .json(#"{"error":{"code":401,"message":"wrong"}}"#, status: 401)
        }
        let fixture = try ClientFixture(cloud, credentials: .password(.file(file.path)))
        await #expect(throws: GESError.self) { try await fixture.client.listGraphs() }
        try file.write("new\n")
        _ = try await fixture.client.listGraphs()
        #expect(fixture.cloud.received.count == 3)
    }

    @Test("the life of a token is measured by the server's clock, not the agent's")
    func serverClock() async throws {
        // The agent's clock is a day ahead, so by it the token would have expired.
        let fixture = try ClientFixture(
            Self.cloud(lifeSeconds: 600),
            credentials: Self.credentials()
        )
        fixture.clock.advance(by: .seconds(86_400))
        for _ in 0..<3 { _ = try await fixture.client.listGraphs() }
        fixture.clock.advance(by: .seconds(539))
        _ = try await fixture.client.listGraphs()
        #expect(fixture.observer.operations.filter { $0 == "create_token" }.count == 1)
        fixture.clock.advance(by: .seconds(1))
        _ = try await fixture.client.listGraphs()
        #expect(fixture.observer.operations.filter { $0 == "create_token" }.count == 2)
    }

    @Test("an answer without the token header is a failure")
    func missingHeader() async throws {
        let fixture = try ClientFixture(
            ScriptedCloud(answers: [.json("{}", status: 201)]),
            credentials: Self.credentials()
        )
        let error = await #expect(throws: GESError.self) {
            try await fixture.client.listGraphs()
        }
        #expect(error?.description.contains("X-Subject-Token") == true)
        #expect(error?.reason == "parse")
    }
}
