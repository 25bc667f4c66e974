import Files
import HTTPClient
import JSON
import Synchronization
import Testing

@testable import Etcd

@Suite("authentication")
struct AuthenticationTests {
    private static let password = "correct horse \"battery\""

    /// A cluster whose tokens are valid for a number of requests.
    private func transport(tokensLast uses: Int) -> ScriptedTransport {
        let state = Mutex((issued: 0, left: 0))
        return ScriptedTransport { request throws(HTTPError) in
            if request.url.hasSuffix("/authenticate") {
                let body = try? JSONValue.parse(request.body ?? [])
                guard body == ["name": "kim", "password": .string(Self.password)] else {
                    let message = "authentication failed, invalid user ID or password"
                    return .status(400, #"{"error":"\#(message)","code":3}"#)
                }
                let number = state.withLock { state in
                    state = (state.issued + 1, uses)
                    return state.issued
                }
                return .ok(#"{\#(Sample.header),"token":"token.\#(number)"}"#)
            }
            let isValid = state.withLock { state in
                state.left -= 1
                return state.left >= 0
                    && request.headers.first(named: "Authorization") == "token.\(state.issued)"
            }
            guard isValid else {
                return .status(401, #"{"error":"etcdserver: invalid auth token","code":16}"#)
            }
            return .ok(Sample.put)
        }
    }

    private func withPassword(
        _ text: String,
        _ test: (EtcdConfiguration, String) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder(prefix: "graphwarden-etcd-")
        defer { folder.remove() }
        let file = folder.path + "/password"
        try TextFile.write(text, to: file)
        var configuration = EtcdConfiguration(endpoints: ["http://a:1"], user: "kim")
        configuration.passwordFile = file
        try await test(configuration, file)
    }

    @Test("a token is used until it is refused, then renewed once and the request repeated")
    func renewal() async throws {
        try await withPassword(Self.password + "\n") { configuration, _ in
            let transport = transport(tokensLast: 2)
            let client = try EtcdClient(configuration, transport: transport)
            for _ in 0..<4 { #expect(try await client.commit(.write).isSuccess) }
            let calls = await transport.requests.map { $0.url.split(separator: "/").last ?? "" }
            #expect(
                calls == [
                    "authenticate", "txn", "txn", "txn", "authenticate", "txn", "txn",
                ]
            )
        }
    }

    @Test("a cluster without authentication is asked once for a token")
    func noAuthentication() async throws {
        try await withPassword(Self.password) { configuration, _ in
            let transport = ScriptedTransport { request throws(HTTPError) in
                guard request.url.hasSuffix("/authenticate") else { return .ok(Sample.put) }
                let message = "etcdserver: authentication is not enabled"
                return .status(412, #"{"error":"\#(message)","code":9}"#)
            }
            let client = try EtcdClient(configuration, transport: transport)
            for _ in 0..<2 { #expect(try await client.commit(.write).isSuccess) }
            #expect(await transport.requests.count == 3)
            let headers = await transport.requests.flatMap(\.headers)
            #expect(headers.first(named: "Authorization") == nil)
        }
    }

    @Test("a token that is refused again ends the call, with nothing carried out")
    func uselessToken() async throws {
        try await withPassword(Self.password) { configuration, _ in
            let transport = transport(tokensLast: 0)
            let client = try EtcdClient(configuration, transport: transport)
            let error = await failure { try await client.commit(.write) }
            #expect(error?.kind == .credentials)
            #expect(error?.says("invalid auth token") == true)
            #expect(await transport.requests.count == 4)
        }
    }

    @Test("a wrong or missing password is reported without its text, and read again the next time")
    func passwords() async throws {
        try await withPassword("") { configuration, file in
            let transport = transport(tokensLast: 9)
            let client = try EtcdClient(configuration, transport: transport)
            for text in ["wrong horse", ""] {
                try TextFile.write(text, to: file)
                let error = await failure { try await client.commit(.write) }
                #expect(error?.kind == .credentials)
                #expect(error?.says("horse") == false)
            }
            #expect(await transport.requests.count == 1)
            try TextFile.write(Self.password, to: file)
            #expect(try await client.commit(.write).isSuccess)
        }
        let missing = EtcdConfiguration(
            endpoints: ["http://a:1"],
            user: "kim",
            passwordFile: "/nonexistent/password"
        )
        let client = try EtcdClient(missing, transport: transport(tokensLast: 9))
        let error = await failure { try await client.commit(.read) }
        #expect(error?.kind == .credentials)
        #expect(error?.says("/nonexistent/password") == true)
    }

    @Test(
        "a token that cannot be a header is not sent",
        arguments: ["", "a b", "a\\r\\nX: y", "é"]
    )
    func strangeTokens(token: String) async throws {
        try await withPassword(Self.password) { configuration, _ in
            let transport = ScriptedTransport(#"{\#(Sample.header),"token":"\#(token)"}"#)
            let client = try EtcdClient(configuration, transport: transport)
            await #expect(throws: EtcdError.self) { _ = try await client.commit(.read) }
            #expect(await transport.requests.count == 1)
        }
    }
}
