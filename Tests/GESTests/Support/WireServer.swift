import Glibc
import Synchronization
import Testing

/// A server on a raw socket, one thread per connection, that sends exactly the bytes of the test.
/// It shows what arrives on the wire, and on which connection.
final class WireServer: Sendable {
    enum Reply: Sendable {
        case answer(status: String, headers: [String] = [], body: String)
        /// Closes the connection instead of answering.
        case close
        /// Never answers.
        case silence
    }

    struct Request: Sendable {
        /// 1 for the first connection.
        let connection: Int
        /// Request line and header lines, without the empty line.
        let lines: [String]
        let body: String

        var target: String { String(lines[0].split(separator: " ")[1]) }

        func header(_ name: String) -> String? {
            let prefix = name.lowercased() + ":"
            return lines.dropFirst().first { $0.lowercased().hasPrefix(prefix) }
                .map { String($0.dropFirst(prefix.utf8.count).drop { $0 == " " }) }
        }
    }

    let port: UInt16
    private let listener: Int32
    private let script: @Sendable (Request) -> Reply
    private let state = Mutex((requests: [Request](), open: Set<Int32>(), connections: 0))

    init(_ script: @escaping @Sendable (Request) -> Reply) throws {
        self.script = script
        (listener, port) = try Self.listen()
        try Self.startThread { self.acceptAll() }
    }

    var url: String { "http://127.0.0.1:\(port)" }
    var requests: [Request] { state.withLock(\.requests) }

    func stop() {
        state.withLock { state in
            for descriptor in state.open { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func acceptAll() {
        while true {
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else { break }
            let number = state.withLock { state in
                state.open.insert(descriptor)
                state.connections += 1
                return state.connections
            }
            try? Self.startThread {
                while let request = Self.readRequest(descriptor, connection: number) {
                    self.state.withLock { $0.requests.append(request) }
                    guard Self.write(self.script(request), to: descriptor) else { break }
                }
                self.state.withLock { _ = $0.open.remove(descriptor) }
                close(descriptor)
            }
        }
        close(listener)
    }

    /// - Returns: whether the connection stays open.
    private static func write(_ reply: Reply, to descriptor: Int32) -> Bool {
        switch reply {
        case .close: return false
        case .silence: return true
        case .answer(let status, let headers, let body):
            let head = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + headers
            let bytes = Array((head.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
            return unsafe send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                == bytes.count
        }
    }

    private static func readRequest(_ descriptor: Int32, connection: Int) -> Request? {
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            guard let byte = read(descriptor, count: 1)?.first else { return nil }
            head.append(byte)
        }
        let text = String(decoding: head.dropLast(4), as: UTF8.self)
        let lines = text.split(separator: "\r\n").map(String.init)
        let request = Request(connection: connection, lines: lines, body: "")
        let length = request.header("Content-Length").flatMap { Int($0) } ?? 0
        guard let body = read(descriptor, count: length) else { return nil }
        return Request(
            connection: connection,
            lines: lines,
            body: String(decoding: body, as: UTF8.self)
        )
    }

    private static func read(_ descriptor: Int32, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let received = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe recv(
                    descriptor,
                    buffer.baseAddress.map { unsafe $0 + filled },
                    count - filled,
                    0
                )
            }
            guard received > 0 else { return nil }
            filled += received
        }
        return bytes
    }

    private static func listen() throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(descriptor >= 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(descriptor, address, length) == 0
                    && Glibc.listen(descriptor, 64) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        try #require(status)
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    private static func startThread(_ body: @escaping @Sendable () -> Void) throws {
        final class Work {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var thread = pthread_t()
        let argument = unsafe Unmanaged.passRetained(Work(body)).toOpaque()
        let status = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                if let argument = unsafe argument {
                    unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                }
                return nil
            },
            argument
        )
        try #require(status == 0)
        pthread_detach(thread)
    }
}
