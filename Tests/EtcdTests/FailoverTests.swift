import HTTPClient
import Synchronization
import Testing

@testable import Etcd

private let endpoints = ["http://a:1", "http://b:1", "http://c:1"]

@Suite("fail-over")
struct FailoverTests {
    private func client(
        _ transport: ScriptedTransport,
        elapsed: @escaping @Sendable () -> Duration = { .zero }
    ) throws -> EtcdClient {
        try EtcdClient(
            EtcdConfiguration(endpoints: endpoints, timeout: .seconds(9)),
            transport: transport,
            elapsed: elapsed
        )
    }

    /// A client whose clock moves with each request.
    private func client(
        eachRequestTaking duration: Duration,
        failingWith error: HTTPError
    ) throws -> (EtcdClient, ScriptedTransport) {
        let now = Mutex(Duration.zero)
        let transport = ScriptedTransport { _ throws(HTTPError) in
            now.withLock { $0 += duration }
            throw error
        }
        return (try client(transport) { now.withLock(\.self) }, transport)
    }

    @Test("a write goes on while nothing was sent, and the endpoint that answered is asked first")
    func remembers() async throws {
        let transport = ScriptedTransport { request throws(HTTPError) in
            if request.url.contains("//c") { return .ok(Sample.put) }
            if request.url.contains("//b") {
                return .status(503, Sample.noLeader)
            }
            throw .refused
        }
        let client = try client(transport)
        for _ in 0..<2 { #expect(try await client.commit(.write).isSuccess) }
        #expect(await transport.hosts == ["a:1", "b:1", "c:1", "c:1"])
    }

    @Test("a write that may have been carried out is not sent again unless it is repeatable")
    func once() async throws {
        let transport = ScriptedTransport { request throws(HTTPError) in
            guard request.url.contains("//a") else { return .ok(Sample.put) }
            throw .lost
        }
        let first = try client(transport)
        #expect(await failure { try await first.commit(.write) }?.kind == .unknown)
        #expect(await transport.hosts == ["a:1"])
        // The next call begins elsewhere.
        #expect(try await first.commit(.write).isSuccess)
        #expect(await transport.hosts == ["a:1", "b:1"])

        let second = try client(transport)
        #expect(try await second.commit(.write, isRepeatable: true).isSuccess)
        #expect(await transport.hosts == ["a:1", "b:1", "a:1", "b:1"])
    }

    @Test("a doubt about one endpoint is not removed by the refusal of another")
    func doubt() async throws {
        for answer in [#"{"error":"x","code":9}"#, #"{"error":"no token","code":16}"#] {
            let transport = ScriptedTransport { request throws(HTTPError) in
                if request.url.contains("//a") { throw .lost }
                if request.url.contains("//b") { throw .refused }
                return .status(400, answer)
            }
            let client = try client(transport)
            let error = await failure { try await client.commit(.write, isRepeatable: true) }
            #expect(error?.kind == .unknown)
            #expect(error?.says("http://a:1: timeout") == true)
        }
    }

    @Test("a repeatable call divides its time among the endpoints; a single write gets all of it")
    func timeLimits() async throws {
        let (client, transport) = try client(eachRequestTaking: .seconds(3), failingWith: .lost)
        await #expect(throws: EtcdError.self) { _ = try await client.commit(.read) }
        await #expect(throws: EtcdError.self) { _ = try await client.commit(.write) }
        #expect(await transport.requests.map(\.timeout) == [3, 3, 3, 9].map { .seconds($0) })
    }

    @Test("no endpoint is asked after the time has run out")
    func deadline() async throws {
        let (client, transport) = try client(eachRequestTaking: .seconds(9), failingWith: .refused)
        let error = await failure { try await client.commit(.write) }
        #expect(error?.kind == .unreachable)
        #expect(error?.says("http://a:1: connect") == true)
        #expect(error?.says("no time is left") == true)
        #expect(await transport.hosts == ["a:1"])
    }

    @Test("a cancelled call stops")
    func cancellation() async throws {
        for isSent in [false, true] {
            let transport = ScriptedTransport { _ throws(HTTPError) in
                throw HTTPError(.cancelled, requestMayHaveBeenSent: isSent, message: "cancelled")
            }
            let client = try client(transport)
            await #expect(throws: EtcdError.cancelled) { _ = try await client.commit(.read) }
            let error = await failure { try await client.commit(.write) }
            #expect(isSent ? error?.kind == .unknown : error == .cancelled)
            #expect(await transport.hosts == ["a:1", "a:1"])
        }
    }
}
