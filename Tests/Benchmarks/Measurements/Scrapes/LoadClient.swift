package import Foundation
import Synchronization
import Workbench

/// Requests one URL as fast as it can on several connections that are kept alive, one thread each.
package struct LoadClient: Sendable {
    private let port: UInt16
    private let request: [UInt8]
    private let connections: Int

    package init(_ url: String, _ coding: String, _ connections: Int) {
        let parts = URLComponents(string: url)
        port = UInt16(parts?.port ?? 80)
        request = Array(
            """
            GET \(parts?.path ?? "/") HTTP/1.1\r
            Host: 127.0.0.1:\(port)\r
            Accept-Encoding: \(coding)\r
            \r

            """.utf8
        )
        self.connections = connections
    }

    /// The body of one response.
    package func body() throws -> Data {
        let connection = try Connection(port)
        return Data(try connection.exchange(request, keepsBody: true).body)
    }

    /// Bytes of bodies received in a second on all connections.
    package func bytesPerSecond(during seconds: Double) throws -> Double {
        let total = Mutex((bytes: 0, failures: 0))
        let end = Date.now.addingTimeInterval(seconds)
        let started = Date.now
        DispatchQueue.concurrentPerform(iterations: connections) { _ in
            do {
                let connection = try Connection(port)
                while Date.now < end {
                    let count = try connection.exchange(request, keepsBody: false).count
                    total.withLock { $0.bytes += count }
                }
            } catch {
                total.withLock { $0.failures += 1 }
            }
        }
        let (bytes, failures) = total.withLock { $0 }
        guard failures == 0 else { throw BenchError("\(failures) connections failed") }
        return Double(bytes) / -started.timeIntervalSinceNow
    }
}

extension LoadClient {
    /// The seconds of each of so many requests, one after another on one connection.
    package func secondsOfRequests(_ count: Int) throws -> [Double] {
        let connection = try Connection(port)
        return try (0..<count).map { _ in
            try elapsed { _ = try connection.exchange(request, keepsBody: false) }
        }
    }
}

/// A blocking connection.
private final class Connection {
    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 1 << 18)

    init(_ port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw BenchError("cannot connect to port \(port)") }
    }

    deinit {
        close(descriptor)
    }

    func exchange(_ request: [UInt8], keepsBody: Bool) throws -> (count: Int, body: [UInt8]) {
        guard unsafe send(descriptor, request, request.count, 0) == request.count else {
            throw BenchError("the connection was closed")
        }
        var head: [UInt8] = []
        var body: [UInt8] = []
        let length: Int?
        while true {
            let part = try receive()
            head += buffer[..<part]
            guard let end = Self.endOfHead(head) else { continue }
            length = try Self.contentLength(head[..<end])
            body = Array(head[end...])
            break
        }
        guard let length else { return (try readChunks(after: body), []) }
        var rest = length - body.count
        while rest > 0 {
            let count = try receive()
            if keepsBody { body += buffer[..<count] }
            rest -= count
        }
        return (length, body)
    }

    /// Reads a body in chunks to its end. Returns its size with the sizes of the chunks.
    private func readChunks(after start: [UInt8]) throws -> Int {
        var (count, tail) = (start.count, ArraySlice(start.suffix(Self.lastChunk.count)))
        while !tail.elementsEqual(Self.lastChunk) {
            let part = try receive()
            count += part
            tail = (tail + buffer[..<part].suffix(Self.lastChunk.count))
                .suffix(Self.lastChunk.count)
        }
        return count
    }

    private static let lastChunk = Array("\r\n0\r\n\r\n".utf8)

    private func receive() throws -> Int {
        let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { throw BenchError("the connection was closed") }
        return count
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        let end = Array("\r\n\r\n".utf8)
        return bytes.indices.first { bytes[$0...].starts(with: end) }.map { $0 + end.count }
    }

    /// Nil if the body is sent in chunks.
    private static func contentLength(_ head: ArraySlice<UInt8>) throws -> Int? {
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        if lines.contains(where: { $0.lowercased() == "transfer-encoding: chunked" }) { return nil }
        guard lines.first?.contains(" 200 ") == true,
            let field = lines.first(where: { $0.lowercased().hasPrefix("content-length:") }),
            let length = Int(field.drop { $0 != ":" }.dropFirst().filter { $0 != " " })
        else { throw BenchError("not a complete response: \(lines.first ?? "")") }
        return length
    }
}
