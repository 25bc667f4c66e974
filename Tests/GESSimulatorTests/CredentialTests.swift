import JSON
import Testing

@testable import GESSimulator

@Suite("Credentials")
struct CredentialTests {
    private static func login(
        domain: String = "simulated-domain",
        user: String = "graphwarden",
        password: String = "Simulated-Password-1",
        project: String = "\"name\":\"cn-north-4\""
    ) -> String {
        """
        {"auth":{"identity":{"methods":["password"],"password":{"user":{"domain":{"name":"\(domain)"},
        "name":"\(user)","password":"\(password)"}}},"scope":{"project":{\(project)}}}}
        """
    }

    private static let path = "/v3/auth/tokens?nocatalog=true"

    private static func listing(_ fixture: inout CloudFixture, _ token: String, _ offset: Duration)
        -> (Int?, String?)
    {
        let reply = fixture.send(
            "GET",
            "/v2/PID/graphs",
            headers: [("x-auth-token", token)],
            at: offset
        )
        return (reply.answer?.status, reply.answer?.document?["error_msg"]?.stringValue)
    }

    @Test("get a long token that is valid for a day", arguments: [4000, 9000])
    func token(bytes: Int) throws {
        var fixture = CloudFixture { $0.tokenBytes = bytes }
        let reply = fixture.send("POST", Self.path, body: Self.login())
        #expect(reply.answer?.status == 201)
        let document = reply.answer?.document?["token"]
        #expect(document?["expires_at"] == "2025-01-03T03:04:05.000000Z")
        #expect(document?["project"]?["id"]?.stringValue == fixture.project)
        let token = try #require(reply.header("X-Subject-Token"))
        #expect(token.utf8.count == bytes)
        #expect(Self.listing(&fixture, token, .seconds(86_399)).0 == 200)
        let expired = Self.listing(&fixture, token, .seconds(86_400))
        #expect(expired.0 == 401)
        #expect(expired.1?.contains("token expires, expires_at: 2025-01-03") == true)
    }

    @Test("may also name the project by id")
    func projectByID() {
        var fixture = CloudFixture()
        let body = Self.login(project: "\"id\":\"\(fixture.project)\"")
        #expect(fixture.ask("POST", Self.path, body: body).status == 201)
    }

    @Test(
        "that are wrong are refused",
        arguments: [
            (login(password: "x"), 401), (login(user: "x"), 401), (login(domain: "x"), 401),
            (login(project: "\"name\":\"x\""), 404), ("{}", 400), ("", 400), ("{", 400),
            (#"{"auth":{"identity":{"methods":["token"]}}}"#, 400),
        ]
    )
    func wrong(body: String, status: Int) {
        var fixture = CloudFixture()
        let answer = fixture.ask("POST", Self.path, body: body)
        #expect(answer.status == status)
        #expect(answer.document["error"]?["code"]?.integerValue == Int64(status))
    }

    @Test("lock the account after five wrong passwords, for a quarter of an hour")
    func lock() {
        var fixture = CloudFixture()
        func attempt(_ password: String, _ seconds: Int) -> String? {
            let body = Self.login(password: password)
            return fixture.ask("POST", Self.path, body: body, at: .seconds(seconds))
                .document["error"]?["message"]?.stringValue
        }
        let right = "Simulated-Password-1"
        for second in 0..<4 { #expect(attempt("wrong", second)?.contains("wrong") == true) }
        #expect(attempt(right, 4) == nil)
        // The right one resets the count.
        for second in 5..<10 { #expect(attempt("wrong", second)?.contains("wrong") == true) }
        #expect(attempt(right, 10) == "Account locked.")
        #expect(attempt(right, 9 + 899) == "Account locked.")
        #expect(attempt(right, 9 + 900) == nil)
    }

    @Test("can be revoked, changed, or expire early")
    func revocation() throws {
        var fixture = CloudFixture()
        #expect(Self.listing(&fixture, fixture.token, .zero).0 == 200)
        fixture.cloud.revokeTokens()
        #expect(Self.listing(&fixture, fixture.token, .zero).1?.contains("decrypt") == true)
        fixture.cloud.changePassword(to: "new")
        #expect(fixture.ask("POST", Self.path, body: Self.login()).status == 401)
        fixture.cloud.faults.schedule(ScheduledFault(.tokenDiesAfter(.seconds(5))))
        let reply = fixture.send("POST", Self.path, body: Self.login(password: "new"))
        let token = try #require(reply.header("X-Subject-Token"))
        #expect(
            reply.answer?.document?["token"]?["expires_at"] == "2025-01-03T03:04:05.000000Z"
        )
        #expect(Self.listing(&fixture, token, .seconds(4)).0 == 200)
        #expect(Self.listing(&fixture, token, .seconds(5)).0 == 401)
    }

    @Test("of another project are refused")
    func otherProject() {
        var fixture = CloudFixture()
        let answer = fixture.ask("GET", "/v2/ffffffff/graphs")
        #expect(answer.status == 400)
        #expect(answer.document["error_code"] == "GES.0001")
    }

    @Test("are required")
    func none() {
        var fixture = CloudFixture()
        for headers in [[], [("X-Auth-Token", "")]] as [[(name: String, value: String)]] {
            let reply = fixture.send("GET", "/v2/PID/graphs", headers: headers)
            #expect(reply.answer?.status == 401)
            #expect(reply.answer?.document?["error_code"] == "APIGW.0301")
        }
    }
}
