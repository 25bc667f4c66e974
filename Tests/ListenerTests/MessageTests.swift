import Foundation
import TestSupport
import Testing

@testable import Listener

// MARK: Header fields

@Test("names are case-insensitive, and all values of a name are kept")
func headerFields() {
    var headers: HeaderFields = ["Accept": "a", "X": "1", "accept": "b"]
    #expect(headers["ACCEPT"] == "a")
    #expect(headers.values("aCCept") == ["a", "b"])
    #expect(headers["Accep"] == nil)
    headers["accept"] = "c"
    #expect(headers.map(\.name) == ["X", "accept"])
    headers["x"] = nil
    #expect(headers.map(\.value) == ["c"])
}

@Test("fields that would break out of their line are not valid")
func headerValidity() {
    let good: HeaderFields = ["X-a_1": "b\tc ü"]
    #expect(good.areValid)
    for (name, value) in [
        ("", "a"), ("a b", "c"), ("a:", "c"), ("ü", "c"), ("a", "b\nc"), ("a", "\0"),
    ] {
        #expect(!HeaderFields([(name, value)]).areValid, "\(name): \(value)")
    }
}

// MARK: Compression

private func gunzip(_ bytes: [UInt8]) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/gzip")
    process.arguments = ["-dc"]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data(bytes))
    try input.fileHandleForWriting.close()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Array(data)
}

private let longText = (0..<500).map { "ges_graph_up{graph_id=\"\($0)\"} 1\n" }.joined()

@Test("compressed bodies can be decompressed with gzip", arguments: [1, 6, 9] as [Int32])
func compression(level: Int32) async throws {
    let random = (0..<10_000).map { _ in UInt8.random(in: 0...255) }
    for bytes in [Array(longText.utf8), random, [], [0]] {
        let compressed = try #require(Gzip.compress(bytes, level: level))
        #expect(try await onThread { try gunzip(compressed) } == bytes)
    }
    #expect(try #require(Gzip.compress(Array(longText.utf8))).count < longText.utf8.count / 5)
}

@Test("a level that does not exist compresses nothing")
func badLevel() {
    #expect(Gzip.compress([1], level: 77) == nil)
}

@Test(
    "the client decides whether it accepts gzip",
    arguments: [
        ([], false), (["gzip"], true), (["deflate, GZIP;q=0.5"], true), (["br", "x-gzip"], true),
        (["*"], true), (["gzip;q=0"], false), (["gzip; q=0.0, *"], false), (["identity"], false),
        (["*;q=0"], false), (["gzip;x"], false), ([""], false), (["deflate, *;q=0.1"], true),
        (["gzip;q=0.5, identity"], false), (["identity;q=0.5, gzip;q=0.6"], true),
        (["gzip;q=0.5, identity;q=0.5"], true), (["gzip;q=1.000"], true),
        (["gzip;q=0.001"], true), (["gzip;q=0.000"], false), (["gzip;q=1.5"], false),
        (["gzip;q=2"], false), (["gzip;q=-1"], false), (["gzip;q=nan"], false),
        (["gzip;q=0x1"], false), (["gzip;q="], false), (["gzip;q=0.1234"], false),
        (["gzip;q=1;q=0"], false), (["gzip;q=0, gzip"], false), (["*, gzip;q=0"], false),
        (["*;q=0.5, identity;q=0.7"], false), (["identity;q=0, gzip;q=0.1"], true),
        (["br;q=1", "gzip;q=0.8"], true), ([",,gzip,,"], true), (["g zip"], false),
    ] as [([String], Bool)]
)
func prefersGzip(fields: [String], expected: Bool) {
    #expect(ContentCoding.prefersGzip(fields) == expected)
}

@Test("long text is compressed on demand with a Vary header")
func compressedOnDemand() async throws {
    let route = Route("GET", "/") { _ in
        .response(.text(longText, headers: ["Vary": "Accept"]))
    }
    try await withClient(of: [route]) { client in
        client.send(get("/", "Accept-Encoding: gzip") + get("/"))
        let compressed = try #require(client.response())
        #expect(compressed.headers["content-encoding"] == "gzip")
        #expect(compressed.headers["vary"] == "Accept, Accept-Encoding")
        #expect(try gunzip(compressed.body) == Array(longText.utf8))
        let plain = try #require(client.response())
        #expect(plain.headers["content-encoding"] == nil)
        #expect(plain.headers["vary"] == "Accept, Accept-Encoding")
        #expect(plain.text == longText)
    }
}

@Test("precompressed bytes are sent only to clients that accept them")
func precompressed() async throws {
    let route = Route("GET", "/") { _ in
        .response(ServerResponse(status: 200, body: [1, 2], gzipBody: [3, 4, 5]))
    }
    try await withClient(of: [route]) { client in
        client.send(get("/", "Accept-Encoding: gzip") + get("/"))
        #expect(client.response()?.body == [3, 4, 5])
        #expect(client.response()?.body == [1, 2])
    }
}

@Test("short bodies, images, and encoded bodies are not compressed")
func notCompressed() {
    let long = Array(longText.utf8)
    let responses = [
        ServerResponse.text("short"),
        ServerResponse(status: 200, headers: ["Content-Type": "image/png"], body: long),
        ServerResponse(status: 200, body: long),
        ServerResponse(
            status: 200,
            headers: ["Content-Type": "text/plain", "Content-Encoding": "br"],
            body: long
        ),
    ]
    for response in responses {
        #expect(ContentCoding.encode(response, acceptEncoding: ["gzip"]) == response)
    }
}

// MARK: Statistics

@Test("served and refused requests are counted by handler, code and reason")
func statistics() async throws {
    try await withServer { server in
        let port = server.port
        try await onThread {
            let client = try RawClient(port: port)
            let requests = [
                get("/hello"), get("/hello"), post("/echo", "x"), get("/x"), "bad\r\n\r\n",
            ]
            for request in requests {
                client.send(request)
                try #require(client.response() != nil)
            }
            try #require(client.isClosed())
        }
        try await eventually("the connection ends") { server.statistics.openConnections == 0 }
        let statistics = server.statistics
        #expect(
            statistics.requests == [
                .init(handler: "/hello", status: 200): 2, .init(handler: "/echo", status: 200): 1,
            ]
        )
        #expect(statistics.rejections == [.notFound: 1, .malformed: 1])
        let durations = try #require(statistics.durations["/hello"])
        #expect(durations.counts.reduce(0, +) == 2)
        #expect(durations.sumSeconds > 0)
        #expect(statistics.requestsInFlight == 0)
    }
}
