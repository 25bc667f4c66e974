import Foundation
import GESSimulator
import HTTPClient
import Testing

@Suite("The certificate of a simulated cloud")
struct CertificateTests {
    private static func serving(
        _ body: @Sendable (SimulatedCloudServer, HTTPClient) async throws -> Void
    ) async throws {
        var configuration = SimulatorConfiguration()
        configuration.speaksTLS = true
        try await SimulatedCloudServer.serving(configuration) { server in
            let authority = try #require(server.endpoints.certificateAuthority)
            let file = FileManager.default.temporaryDirectory
                .appending(path: "authority-\(UUID().uuidString).pem")
            try Data(authority.utf8).write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            let client = try HTTPClient(configuration: .init(caFile: file.path))
            defer { client.shutdown() }
            try await body(server, client)
        }
    }

    /// The status of the response, or the kind of failure.
    private static func outcome(_ client: HTTPClient, _ url: String) async -> String {
        do throws(HTTPError) {
            return "\(try await client.send(HTTPRequest(url: url, timeout: .seconds(20))).status)"
        } catch {
            return error.reason
        }
    }

    @Test("is valid only for clients that trust its authority")
    func good() async throws {
        try await Self.serving { server, client in
            let url = server.endpoints.management + "/v2/p/graphs"
            #expect(url.hasPrefix("https://"))
            #expect(await Self.outcome(client, url) == "401")
            let dataPlane =
                "https://\(server.endpoints.dataPlaneHost):\(server.endpoints.dataPlanePort)/"
            #expect(await Self.outcome(client, dataPlane) == "400")
            let stranger = try HTTPClient()
            defer { stranger.shutdown() }
            #expect(await Self.outcome(stranger, url) == "tls")
        }
    }

    @Test(
        "can be invalid for a while, also for open connections",
        arguments: [CertificateKind.expired, .otherHost, .otherAuthority]
    )
    func bad(kind: CertificateKind) async throws {
        try await Self.serving { server, client in
            let url = server.endpoints.management + "/v2/p/graphs"
            #expect(await Self.outcome(client, url) == "401")
            let control = server.endpoints.control + "/control/certificate"
            let body = Array("{\"kind\":\"\(kind.rawValue)\"}".utf8)
            let answer = try await client.send(HTTPRequest(.post, url: control, body: body))
            #expect(answer.status == 200)
            #expect(await Self.outcome(client, url) == "tls")
            #expect(server.withCloud { cloud, _ in cloud.log.total } == 1)
            try await server.setCertificate(.good)
            #expect(await Self.outcome(client, url) == "401")
        }
    }

    @Test("cannot be changed without TLS")
    func withoutTLS() async throws {
        try await SimulatedCloudServer.serving(SimulatorConfiguration()) { server in
            let client = try HTTPClient()
            defer { client.shutdown() }
            #expect(server.endpoints.certificateAuthority == nil)
            let url = server.endpoints.control + "/control/certificate"
            let answer = try await client.send(HTTPRequest(.post, url: url, body: Array("{}".utf8)))
            #expect(answer.status == 409)
        }
    }
}
