import HTTPClient
import Synchronization
import TestSupport
import Testing

@testable import GES

@Suite("Token files, access keys and metadata keys")
struct OtherCredentialsTests {
    private static let page = #"{"graph_count":0,"graphs":[]}"#
    private static let refusal =
        #"{"error_code":"APIGW.0301","error_msg":"verify aksk signature fail"}"#

    @Test("a changed token file is read again, also after a 401")
    func tokenFile() async throws {
        let file = try TemporaryFile("one\n")
        let path = file.path
        let cloud = ScriptedCloud { (request) async throws(HTTPError) in
            if request.header("X-Auth-Token") == "two" { return .json(Self.page) }
            // The file is renewed while the request is in flight.
            try? TemporaryFile.overwrite(path, with: "two\n")
            return .json(#"{"error_code":"APIGW.0301"}"#, status: 401)
        }
        let fixture = try ClientFixture(cloud, credentials: .token(.file(path)))
        _ = try await fixture.client.listGraphs()
        #expect(cloud.received.map { $0.header("X-Auth-Token") } == ["one", "two"])
    }

    @Test("an unchanged token file is not tried twice")
    func unchangedTokenFile() async throws {
        let cloud = ScriptedCloud(answers: [.json(Self.refusal, status: 401)])
        let fixture = try ClientFixture(cloud)
        await #expect(throws: GESError.self) { try await fixture.client.listGraphs() }
        #expect(cloud.received.count == 1)
    }

    @Test("a missing token file is reported with its path, and nothing is sent")
    func missingTokenFile() async throws {
        let cloud = ScriptedCloud(answers: [.json(Self.page)])
        let fixture = try ClientFixture(cloud, credentials: .token(.file("/nonexistent/token")))
        let error = await #expect(throws: GESError.self) {
            try await fixture.client.listGraphs()
        }
        #expect(error?.description.contains("/nonexistent/token") == true)
        #expect(cloud.received.isEmpty)
        #expect(await fixture.client.restart("g").0.label == "notSent auth")
    }

    @Test("an access key signs every request")
    func accessKey() async throws {
        let cloud = ScriptedCloud(answers: [.json(Self.page)])
        let fixture = try ClientFixture(cloud, credentials: .testKey)
        _ = try await fixture.client.listGraphs()
        let request = try #require(cloud.received.first)
        #expect(request.header("X-Sdk-Date") == "20250102T030405Z")
        #expect(request.header("X-Project-Id") == ClientFixture.project)
        #expect(request.header("X-Auth-Token") == nil)
        #expect(
            request.header("Authorization")?.hasPrefix(
                "SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;x-project-id;x-sdk-date, Signature="
            )
                == true
        )
    }

    @Test("a wrong clock is detected by the gateway's date, and the read is signed again")
    func clockOffset() async throws {
        let cloud = ScriptedCloud { (request) async throws(HTTPError) in
            request.header("X-Sdk-Date") == "20250102T033405Z"
                ? .json(Self.page)
                : .json(
                    Self.refusal,
                    status: 401,
                    headers: [HTTPHeader("Date", "Thu, 02 Jan 2025 03:34:05 GMT")]
                )
        }
        let fixture = try ClientFixture(cloud, credentials: .testKey)
        _ = try await fixture.client.listGraphs()
        #expect(cloud.received.count == 2)
        #expect(fixture.observer.record.clockOffsets == [.seconds(1_800)])
        _ = try await fixture.client.listGraphs()
        #expect(cloud.received.count == 3)
    }

    @Test("with a correct clock a refused signature is not retried")
    func wrongKey() async throws {
        let cloud = ScriptedCloud(answers: [
            .json(
                Self.refusal,
                status: 401,
                headers: [HTTPHeader("Date", "Thu, 02 Jan 2025 03:04:10 GMT")]
            )
        ])
        let fixture = try ClientFixture(cloud, credentials: .testKey)
        #expect(fixture.client.gatewayClockOffset == nil)
        await #expect(throws: GESError.self) { try await fixture.client.listGraphs() }
        #expect(cloud.received.count == 1)
        #expect(fixture.observer.record.clockOffsets.isEmpty)
        #expect(fixture.client.gatewayClockOffset == .seconds(5))
    }

    @Test("after three refused signatures the key is paused, before the gateway blocks it")
    func blockedKey() async throws {
        let isRepaired = Mutex(false)
        let cloud = ScriptedCloud { (_) async throws(HTTPError) in
            isRepaired.withLock(\.self) ? .json(Self.page) : .json(Self.refusal, status: 401)
        }
        let fixture = try ClientFixture(cloud, credentials: .testKey)
        for _ in 0..<10 { _ = try? await fixture.client.listGraphs() }
        #expect(cloud.received.count == 3)
        let error = await #expect(throws: GESError.self) {
            try await fixture.client.listGraphs()
        }
        #expect(error?.description.contains("next attempt in 60 s") == true)
        fixture.clock.advance(by: .seconds(60))
        isRepaired.withLock { $0 = true }
        for _ in 0..<10 { _ = try await fixture.client.listGraphs() }
        #expect(cloud.received.count == 13)
    }

    private static let keys =
        #"{"credential":{"access":"AK2","secret":"SK2","securitytoken":"ST2","#
        + #""expires_at":"2025-01-03T03:04:05.000000Z"}}"#

    @Test("the metadata service issues keys, with a metadata token if supported")
    func metadata() async throws {
        let cloud = ScriptedCloud { (request) async throws(HTTPError) in
            switch request.path {
            case "/meta-data/latest/api/token":
                return HTTPResponse(status: 200, headers: [], body: Array("meta".utf8))
            case "/openstack/latest/securitykey":
                return request.header("X-Metadata-Token") == "meta"
                    ? .json(Self.keys) : .json("{}", status: 401)
            default: return .json(Self.page)
            }
        }
        let fixture = try ClientFixture(cloud, credentials: .metadata)
        _ = try await fixture.client.listGraphs()
        _ = try await fixture.client.listGraphs()
        let received = cloud.received
        try #require(received.count == 4)
        #expect(received[0].method == .put)
        #expect(received[0].url == "http://169.254.169.254/meta-data/latest/api/token")
        #expect(received[0].header("X-Metadata-Token-Ttl-Seconds") == "21600")
        #expect(received[2].header("X-Security-Token") == "ST2")
        #expect(
            received[2].header("Authorization")?.contains(
                "Access=AK2, SignedHeaders=host;x-project-id;x-sdk-date;x-security-token"
            ) == true
        )
        fixture.clock.advance(by: .seconds(86_400 - 2_400))
        _ = try await fixture.client.listGraphs()
        #expect(cloud.received.count == 7)
    }

    @Test("an old metadata service without tokens is supported", arguments: [404, 405, 503])
    func metadataWithoutTokens(status: Int) async throws {
        let cloud = ScriptedCloud { (request) async throws(HTTPError) in
            switch request.method {
            case .put: HTTPResponse(status: status, headers: [], body: [])
            default:
                request.path == "/openstack/latest/securitykey"
                    ? .json(
                        #"{"credentials":{"accessKeyId":"A","secret_access_key":"S","#
                            + #""securityToken":"T","expiration":"2025-01-03T03:04:05Z"}}"#
                    )
                    : .json(Self.page)
            }
        }
        let fixture = try ClientFixture(cloud, credentials: .metadata)
        _ = try await fixture.client.listGraphs()
        #expect(cloud.received[1].header("X-Metadata-Token") == nil)
    }

    @Test("a server without an agency is reported")
    func metadataWithoutAgency() async throws {
        let cloud = ScriptedCloud { (request) async throws(HTTPError) in
            request.method == .put ? .json("", status: 404) : .json("{}")
        }
        let fixture = try ClientFixture(cloud, credentials: .metadata)
        let error = await #expect(throws: GESError.self) {
            try await fixture.client.listGraphs()
        }
        #expect(error?.description.contains("bind a cloud service agency") == true)
    }
}
