import JSON
import Testing

@testable import GESSimulator
import Time

/// Signs with the module's own rules, which other tests compare with the SDK's signatures.
private struct Signer {
    var accessKey = "SIMULATEDACCESSKEY01"
    var secretKey = "SimulatedSecretKey0123456789abcdefghijkl"
    var securityToken: String?

    func headers(_ path: String, at moment: Timestamp) throws -> [(name: String, value: String)] {
        var headers = [
            (name: "Host", value: "127.0.0.1:1"), (name: "X-Sdk-Date", value: moment.iso8601Basic),
        ]
        if let securityToken { headers.append(("X-Security-Token", securityToken)) }
        let names = headers.map { $0.name.lowercased() }.joined(separator: ";")
        let prefix = "SDK-HMAC-SHA256 Access=\(accessKey), SignedHeaders=\(names), Signature="
        let blank = try #require(RequestSignature(authorization: prefix + "0"))
        let request = CloudRequest("GET", path, headers: headers)
        let canonical = try #require(blank.canonicalRequest(of: request))
        let signature = RequestSignature.signature(
            ofCanonical: canonical,
            secretKey: secretKey,
            date: moment.iso8601Basic
        )
        return headers + [("Authorization", prefix + signature)]
    }
}

@Suite("An access key")
struct AccessKeyTests {
    private func status(
        _ fixture: inout CloudFixture,
        _ signer: Signer,
        signedAt: Duration = .zero,
        sentAt: Duration = .zero
    ) throws -> (status: Int?, message: String) {
        let path = "/v2/\(fixture.project)/graphs"
        let headers = try signer.headers(path, at: fixture.instant(signedAt))
        let answer = fixture.send("GET", path, headers: headers, at: sentAt).answer
        return (answer?.status, answer?.document?["error_msg"]?.stringValue ?? "")
    }

    @Test(
        "is valid within a quarter of an hour of the cloud's clock",
        arguments: [(0, true), (900, true), (-900, true), (901, false), (-901, false)]
    )
    func skew(seconds: Int, opens: Bool) throws {
        var fixture = CloudFixture()
        let answer = try status(&fixture, Signer(), signedAt: .seconds(seconds))
        #expect(answer.status == (opens ? 200 : 401))
    }

    @Test("is checked against the cloud's clock, even a wrong one")
    func wrongClock() throws {
        var fixture = CloudFixture()
        fixture.cloud.clockError = .seconds(3600)
        #expect(try status(&fixture, Signer()).status == 401)
        #expect(try status(&fixture, Signer(), signedAt: .seconds(3600)).status == 200)
        let reply = fixture.send("GET", "/v2/PID/graphs")
        #expect(reply.header("Date") == "Thu, 02 Jan 2025 04:04:05 GMT")
    }

    @Test("that is wrong is refused, and blocked after more than five failures")
    func blocked() throws {
        var fixture = CloudFixture()
        let wrong = Signer(secretKey: "wrong")
        for _ in 0..<6 {
            #expect(try status(&fixture, wrong).message.contains("verify aksk signature fail"))
        }
        #expect(try status(&fixture, Signer()).message.contains("reach the limit"))
        let later = Duration.seconds(300)
        #expect(try status(&fixture, Signer(), signedAt: later, sentAt: later).status == 200)
        let unknown = try status(&fixture, Signer(accessKey: "UNKNOWN"))
        #expect(unknown.message.contains("ak not exist"))
    }

    @Test("of the metadata service requires its security token and is valid for a day")
    func temporary() throws {
        var fixture = CloudFixture()
        let document = fixture.ask("GET", "/openstack/latest/securitykey").document["credential"]
        var signer = Signer(
            accessKey: try #require(document?["access"]?.stringValue),
            secretKey: try #require(document?["secret"]?.stringValue)
        )
        #expect(try status(&fixture, signer).status == 401)
        signer.securityToken = try #require(document?["securitytoken"]?.stringValue)
        #expect(try status(&fixture, signer).status == 200)
        let last = fixture.cloud.log.records.last
        #expect(last?.authentication == .temporarySignature)
        let day = Duration.seconds(86_400)
        let evening = day - .seconds(1)
        #expect(try status(&fixture, signer, signedAt: evening, sentAt: evening).status == 200)
        #expect(try status(&fixture, signer, signedAt: day, sentAt: day).status == 401)
    }

    @Test("of the metadata service is replaced when a quarter of its life is left")
    func replaced() {
        var fixture = CloudFixture()
        func access(_ hours: Int) -> JSONValue? {
            fixture.ask("GET", "/openstack/latest/securitykey", at: .seconds(hours * 3600))
                .document["credential"]?["access"]
        }
        let first = access(0)
        #expect(access(17) == first)
        #expect(access(18) != first)
    }

    @Test("is not issued without an agency, nor for a wrong metadata token")
    func metadataRefusals() {
        var fixture = CloudFixture { $0.hasMetadataAgency = false }
        let path = "/openstack/latest/securitykey"
        let none = fixture.ask("GET", path)
        #expect(none.status == 401)
        let message = none.document["error"]?["message"]?.stringValue
        #expect(message == "Please configure Cloud Service Agency first")
        var other = CloudFixture()
        let wrong = other.send("GET", path, headers: [("X-Metadata-Token", "x")])
        #expect(wrong.answer?.status == 401)
        let token = other.send(
            "PUT",
            "/meta-data/latest/api/token",
            headers: [("X-Metadata-Token-Ttl-Seconds", "60")]
        )
        guard case .bytes(let bytes, _) = token.answer?.body else {
            Issue.record("the metadata token is not plain text")
            return
        }
        let headers = [(name: "X-Metadata-Token", value: String(decoding: bytes, as: UTF8.self))]
        #expect(other.send("GET", path, headers: headers, at: .seconds(59)).answer?.status == 200)
        #expect(other.send("GET", path, headers: headers, at: .seconds(60)).answer?.status == 401)
    }
}
