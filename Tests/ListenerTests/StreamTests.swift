import Foundation
import Listener
import Synchronization
import TestSupport
import Testing
import Threads

private func streaming(
    _ parts: Int,
    isComplete: Bool = true,
    _ note: @escaping @Sendable (Bool) -> Void = { _ in }
) -> Route {
    Route("GET", "/stream", pool: ThreadPool(name: "streams", count: 1)) { _ in
        .stream(ServerResponse(status: 200, headers: ["Content-Type": "text/plain"])) { stream in
            for number in 0..<parts {
                let part = "\(number % 10)" + String(repeating: "x", count: 9_999)
                let goesOn = await stream.write(Array(part.utf8))
                note(goesOn)
                guard goesOn else { return false }
            }
            return isComplete
        }
    }
}

/// The contents of a chunked body; nil if it does not end with the last chunk.
private func dechunked(_ text: Substring) -> String? {
    var rest = text
    var body = ""
    while let line = rest.firstRange(of: "\r\n"),
        let count = Int(rest[..<line.lowerBound], radix: 16)
    {
        rest = rest[line.upperBound...]
        guard count > 0 else { return rest == "\r\n" ? body : nil }
        body += rest.prefix(count)
        rest = rest.dropFirst(count + 1)
    }
    return nil
}

@Test("a streamed response is chunked and complete")
func streamed() async throws {
    let text = try await withClient(of: [streaming(100)]) { client in
        client.send(
            "HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n" + get("/stream", "Connection: close")
        )
        #expect(client.response(toHead: true)?.status == 200)
        return client.readToEnd()
    }
    let parts = try #require(text).split(separator: "\r\n\r\n", maxSplits: 1)
    #expect(parts[0].lowercased().contains("transfer-encoding: chunked"))
    #expect(dechunked(parts[1])?.count == 1_000_000)
}

@Test("HEAD of a streamed response says no length, and the connection stays in order")
func streamedHead() async throws {
    let text = try await withClient(of: [streaming(3)]) { client in
        let head = "HEAD /stream HTTP/1.1\r\nHost: a\r\n"
        client.send(head + "\r\n" + head + "Connection: close\r\n\r\n")
        return client.readToEnd()
    }
    let heads = try #require(text).components(separatedBy: "\r\n\r\n")
    #expect(heads.count == 3 && heads[2] == "")
    for head in heads.prefix(2) {
        #expect(head.hasPrefix("HTTP/1.1 200 "))
        #expect(!head.lowercased().contains("content-length"))
    }
}

@Test("HTTP/1.0 gets a streamed response until the connection closes")
func streamedToHTTP10() async throws {
    let text = try await withClient(of: [streaming(3)]) { client in
        client.send("GET /stream HTTP/1.0\r\n\r\n")
        return client.readToEnd()
    }
    let parts = try #require(text).split(separator: "\r\n\r\n", maxSplits: 1)
    #expect(!parts[0].lowercased().contains("transfer-encoding"))
    #expect(parts[1].count == 30_000)
}

@Test("an incomplete stream ends without the last chunk")
func incomplete() async throws {
    let text = try await withClient(of: [streaming(3, isComplete: false)]) { client in
        client.send(get("/stream"))
        return client.readToEnd()
    }
    #expect(try #require(text).hasSuffix("\r\n0\r\n\r\n") == false)
}

@Test("a stream waits for its reader, and ends when the reader is too slow")
func streamWaits() async throws {
    var limits = HTTPServerConfiguration.patient
    limits.writeTimeout = .milliseconds(300)
    let written = Mutex((parts: 0, hasFailed: false))
    let route = streaming(1_000_000) { goesOn in
        written.withLock { written in
            written.parts += 1
            if !goesOn { written.hasFailed = true }
        }
    }
    try await withServer([route], limits) { server in
        let port = server.port
        let client = try await onThread {
            let client = try RawClient(port: port, receiveBuffer: 4096)
            client.send(get("/stream"))
            return client.detach()
        }
        try await eventually("the stream fails") { written.withLock(\.hasFailed) }
        // What the kernel's buffers hold, of 10 GB.
        let parts = written.withLock(\.parts)
        #expect(parts < 10_000)
        try await eventually("nothing is in flight") { server.statistics.requestsInFlight == 0 }
        #expect(server.statistics.evictions == [.slowReader: 1])
        client.close()
    }
}
