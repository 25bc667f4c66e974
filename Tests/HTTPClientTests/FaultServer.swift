import Glibc
import Synchronization
import TestSupport

/// A server on a raw socket that follows its script, however wrong. One thread per connection.
final class FaultServer: Sendable {
    typealias Script = @Sendable (FaultConnection) -> Void

    let port: UInt16
    private struct State {
        var open: Set<Int32> = []
        var connectionCount = 0
        var peakOpen = 0
        var requests: [String] = []
        var isStopped = false
        var isListening = true
    }

    private let listener: Int32
    private let script: Script
    private let state = Mutex(State())

    init(_ script: @escaping Script) throws {
        self.script = script
        (listener, port) = try FaultSocket.listen()
        FaultSocket.startThread { self.acceptAll() }
    }

    var url: String { "http://127.0.0.1:\(port)" }
    var connectionCount: Int { state.withLock(\.connectionCount) }
    var peakOpenConnections: Int { state.withLock(\.peakOpen) }
    /// Every request that was read completely, in order of arrival.
    var requests: [String] { state.withLock(\.requests) }

    /// Closes every connection and ends its thread.
    func stop() {
        state.withLock { state in
            state.isStopped = true
            for descriptor in state.open { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
        refuseConnections()
    }

    /// Refuses new connections from now on; open ones stay. A closed descriptor number may already
    /// be reused by another test, so it is closed only once and under the lock.
    func refuseConnections() {
        state.withLock { state in
            guard state.isListening else { return }
            state.isListening = false
            shutdown(listener, Int32(SHUT_RDWR))
        }
    }

    func note(_ request: String) {
        state.withLock { $0.requests.append(request) }
    }

    /// Waits until `count` requests have been read completely.
    func waitForRequests(_ count: Int) async throws {
        try await eventually("\(count) requests arrive") {
            requests
        } is: {
            $0.count >= count
        }
    }

    private func acceptAll() {
        while true {
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else { break }
            let number: Int? = state.withLock { state in
                guard !state.isStopped else { return nil }
                state.open.insert(descriptor)
                state.connectionCount += 1
                state.peakOpen = max(state.peakOpen, state.open.count)
                return state.connectionCount
            }
            guard let number else {
                close(descriptor)
                continue
            }
            FaultSocket.startThread { self.serve(descriptor, number) }
        }
        state.withLock { $0.isListening = false }
        close(listener)
    }

    private func serve(_ descriptor: Int32, _ number: Int) {
        script(FaultConnection(descriptor: descriptor, number: number, server: self))
        state.withLock { _ = $0.open.remove(descriptor) }
        close(descriptor)
    }
}

/// One connection, for a script. Its socket is closed when the script returns.
struct FaultConnection: Sendable {
    let descriptor: Int32
    /// 1 for the server's first connection.
    let number: Int
    let server: FaultServer

    /// The next request, head and body as sent; nil if the client has closed.
    @discardableResult
    func readRequest() -> String? {
        var bytes: [UInt8] = []
        while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            guard let byte = FaultSocket.read(descriptor, 1).first else { return nil }
            bytes.append(byte)
        }
        var missing = Self.contentLength(String(decoding: bytes, as: UTF8.self))
        while missing > 0 {
            let more = FaultSocket.read(descriptor, missing)
            guard !more.isEmpty else { return nil }
            bytes += more
            missing -= more.count
        }
        let request = String(decoding: bytes, as: UTF8.self)
        server.note(request)
        return request
    }

    /// Returns false if the client has closed.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool { FaultSocket.write(descriptor, bytes) }

    @discardableResult
    func write(_ text: String) -> Bool { write(Array(text.utf8)) }

    func respond(status: String = "200 OK", headers: [String] = [], body: [UInt8] = []) {
        let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.count)"] + headers
        write(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
    }

    /// Returns when the client closes or the server is stopped.
    func waitForEnd() {
        while !FaultSocket.read(descriptor, 1024).isEmpty {}
    }

    /// Answers every request on the connection with 200 and this body.
    func serveAll(body: [UInt8] = Array("ok".utf8)) {
        while readRequest() != nil { respond(body: body) }
    }

    private static func contentLength(_ head: String) -> Int {
        for line in head.split(separator: "\r\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == "content-length" {
                return Int(parts[1].drop { $0 == " " }) ?? 0
            }
        }
        return 0
    }
}

enum FaultSocket {
    struct Failure: Error {
        let call: String
        let code: Int32
    }

    /// A listening socket on a free loopback port.
    static func listen() throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(call: "socket", code: errno) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = unsafe inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                guard unsafe bind(descriptor, generic, length) == 0 else { return false }
                return unsafe getsockname(descriptor, generic, &length) == 0
            }
        }
        guard bound, Glibc.listen(descriptor, 256) == 0 else {
            throw Failure(call: "bind or listen", code: errno)
        }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    /// A port that refuses connections: it was just free and nobody listens.
    static func refusingPort() throws -> UInt16 {
        let (descriptor, port) = try listen()
        close(descriptor)
        return port
    }

    /// Up to `count` bytes; empty at the end of the connection.
    static func read(_ descriptor: Int32, _ count: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            initialized = max(0, unsafe recv(descriptor, buffer.baseAddress, count, 0))
        }
    }

    static func write(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = unsafe rest.withUnsafeBytes {
                unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }

    private final class Job {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    static func startThread(_ run: @escaping @Sendable () -> Void) {
        let job = unsafe Unmanaged.passRetained(Job(run))
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread,
            nil,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<Job>.fromOpaque(context).takeRetainedValue().run()
                return nil
            },
            job.toOpaque()
        )
        precondition(code == 0, "no thread for the fault server")
        pthread_detach(thread)
    }
}
