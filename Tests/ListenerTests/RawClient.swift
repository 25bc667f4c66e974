import Foundation
import Glibc
import TestSupport

/// A client that sends exact bytes over a blocking socket. Used only outside of the cooperative
/// threads, which the server under test needs.
final class RawClient {
    struct Response: Equatable {
        var status = 0
        var headers: [String: String] = [:]
        var body: [UInt8] = []

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    struct Detached: Sendable {
        fileprivate let descriptor: Int32

        func close() {
            Glibc.close(descriptor)
        }
    }

    private let descriptor: Int32
    private var isDetached = false
    private var received: [UInt8] = []

    /// Connects to the loopback address. No call of the client blocks longer than `waitLimit`.
    convenience init(port: Int, receiveBuffer: Int32? = nil) throws {
        self.init(receiveBuffer: receiveBuffer)
        try connect(to: port)
    }

    /// Has a descriptor, but no connection yet.
    init(receiveBuffer: Int32? = nil) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: Int(waitLimit.components.seconds), tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        if var receiveBuffer {
            unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, 4)
        }
    }

    /// Wraps a connection that is kept open elsewhere.
    init(_ detached: Detached) {
        descriptor = detached.descriptor
        isDetached = true
    }

    deinit {
        if !isDetached { Glibc.close(descriptor) }
    }

    func connect(to port: Int) throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let connected = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    }

    /// Returns false if the server has closed the connection.
    @discardableResult
    func send(_ text: String) -> Bool {
        send(Array(text.utf8))
    }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    func finishSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    func close() {
        detach().close()
    }

    /// The bare connection, to be kept open on other threads.
    func detach() -> Detached {
        isDetached = true
        return Detached(descriptor: descriptor)
    }

    /// Whether the server has neither sent anything nor closed the connection.
    var hasReceivedNothing: Bool {
        var byte: UInt8 = 0
        let count = unsafe recv(
            descriptor,
            &byte,
            1,
            Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)
        )
        return received.isEmpty && count < 0 && errno == EAGAIN
    }

    /// Reads once; returns nil at the end of the stream, on a reset, and on a timeout.
    func read() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    /// Everything until the server closes; nil if it does not.
    func readToEnd() -> String? {
        while let bytes = read() { received += bytes }
        defer { received = [] }
        return errno == EAGAIN ? nil : String(decoding: received, as: UTF8.self)
    }

    /// The next response by its Content-Length; nil if the connection ends first.
    func response(toHead: Bool = false) -> Response? {
        while true {
            if let response = parse(toHead: toHead) { return response }
            guard let bytes = read() else { return nil }
            received += bytes
        }
    }

    /// Whether the server closes the connection without sending anything else.
    func isClosed() -> Bool {
        errno = 0
        return received.isEmpty && read() == nil && errno != EAGAIN
    }

    private func parse(toHead: Bool) -> Response? {
        guard let end = received.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: received[..<end.lowerBound], as: UTF8.self)
            .components(separatedBy: "\r\n")
        var response = Response()
        response.status = Int(lines[0].split(separator: " ").dropFirst().first ?? "") ?? 0
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            let name = line[..<colon].lowercased()
            let before = response.headers[name].map { $0 + ", " } ?? ""
            response.headers[name] = before + value
        }
        let length = toHead ? 0 : Int(response.headers["content-length"] ?? "0") ?? 0
        guard received.count >= end.upperBound + length else { return nil }
        response.body = Array(received[end.upperBound..<end.upperBound + length])
        received.removeFirst(end.upperBound + length)
        return response
    }
}
