import Listener
import TestSupport
import Testing

private let seeds = [
    get("/hello?a=b%20c", "Accept-Encoding: gzip", "Connection: keep-alive"),
    post("/echo", "some body") + get("/hello"),
    "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\nX: y\r\n\r\n",
    "HEAD /hello HTTP/1.0\r\nExpect: 100-continue\r\nUpgrade: h2c\r\n\r\n",
]

@Test(
    "bytes changed, lost and doubled at random never crash the server",
    arguments: 1...4 as ClosedRange<UInt64>
)
func mutations(seed: UInt64) async throws {
    var limits = HTTPServerConfiguration()
    limits.headTimeout = .milliseconds(50)
    limits.bodyTimeout = .milliseconds(50)
    try await withServer(standardRoutes, limits) { server in
        let port = server.port
        try await onThread {
            var generator = SeededRandom(seed: seed)
            for _ in 0..<150 {
                var bytes = Array(seeds[Int.random(in: 0..<seeds.count, using: &generator)].utf8)
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    let index = Int.random(in: 0..<bytes.count, using: &generator)
                    switch Int.random(in: 0..<4, using: &generator) {
                    case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
                    case 1: bytes.remove(at: index)
                    case 2: bytes.insert(bytes[index], at: index)
                    default: bytes.removeSubrange(index...)
                    }
                    if bytes.isEmpty { bytes = [0] }
                }
                let client = try RawClient(port: port)
                client.send(bytes)
                if Bool.random(using: &generator) { client.finishSending() }
                if Bool.random(using: &generator) { _ = client.read() }
            }
            let client = try RawClient(port: port)
            client.send(get("/hello"))
            #expect(client.response()?.text == "hello\n")
        }
        try await eventually("all connections end") { server.statistics.openConnections == 0 }
        #expect(server.statistics.requestsInFlight == 0)
    }
}
