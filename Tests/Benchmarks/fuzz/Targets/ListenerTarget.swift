import Foundation
import Listener
import Workbench

extension Targets {
    /// Requests over a socket. The same bytes in one piece and in many get the same answer, the
    /// answer is HTTP, and the server answers afterwards.
    static let listener: Target = {
        let tokens = [
            "GET /hello HTTP/1.1\r\n", "POST /echo HTTP/1.1\r\n", "Host: a\r\n", "\r\n",
            "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "5\r\nabcde\r\n",
            "0\r\n\r\n",
            "Expect: 100-continue\r\n", "Connection: close\r\n", "Connection: keep-alive\r\n",
            "Upgrade: h2c\r\n", "HTTP/1.0", "HTTP/2.0", "Accept-Encoding: gzip\r\n", "%0d%0aX: y",
            "http://a/hello", "*", "OPTIONS", "HEAD", "CONNECT", "ffffffffffffffff\r\n", ";a=b",
            "Origin: http://b\r\n", "Authorization: Basic YTpi\r\n", " ", "\t", ":", "//", "/..",
            "Content-Type: application/x-www-form-urlencoded\r\n", "?a=%", "X: \u{0}\r\n",
        ]
        var target = Target("listener", tokens: tokens) {
            let connection = try await LiveServer.start()
            return { try connection.check($0) }
        }
        target.limits.seconds = 0.5
        target.rarity = 20
        return target
    }()
}

/// A server that listens on a socket in the file system, so that connections use up no ports.
private struct LiveServer {
    let path: String

    static func start() async throws -> LiveServer {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "fuzz-listener-\(getpid())").path
        unsafe unlink(path)
        let routes = [
            Route("GET", "/hello") { _ in .response(.text("hello\n")) },
            Route("GET", "/show/{name}") { .response(.text($0.parameters["name"] ?? "")) },
            Route("GET", "/query") { .response(.text($0.queryValue("a") ?? "")) },
            Route("POST", "/echo") { .response(ServerResponse(status: 200, body: $0.body)) },
            Route("POST", "/form") { .response(.text("\($0.formItems?.count ?? -1)")) },
        ]
        let server = try await HTTPServer.bind(to: [.unix(path: path)], router: Router(routes))
        Task.detached { await server.run() }
        return LiveServer(path: path)
    }

    func check(_ input: [UInt8]) throws -> Reading {
        let whole = try exchange([input[...]])
        // Deterministic places: from the bytes themselves.
        var pieces: [ArraySlice<UInt8>] = []
        var rest = input[...]
        while let first = rest.first, pieces.count < 12 {
            let length = 1 + Int(first) * Int(rest.last ?? 0) % 61
            pieces.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        pieces.append(rest)
        let split = try exchange(pieces)
        guard isSame(whole, split) else {
            throw Broken("pieces change the answer", "\(shown(whole)) and \(shown(split))")
        }
        if !whole.isEmpty { try checkHead(whole) }
        let hello = try exchange([Array("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n".utf8)[...]])
        guard hello.suffix(8).elementsEqual("\r\nhello\n".utf8) else {
            throw Broken("no answer afterwards", shown(hello))
        }
        return whole.starts(with: "HTTP/1.1 200".utf8) ? .accepted : .refused
    }

    /// Once the client has closed its side, the response that is being written may be the last: what
    /// arrived together with that request gets none. So one answer may be longer than the other.
    private func isSame(_ whole: [UInt8], _ split: [UInt8]) -> Bool {
        if whole.isEmpty || split.isEmpty { return whole.isEmpty && split.isEmpty }
        let (short, long) = whole.count < split.count ? (whole, split) : (split, whole)
        return long.starts(with: short)
    }

    private func shown(_ bytes: [UInt8]) -> String { Failure.literal(Array(bytes.prefix(300))) }

    /// A status line and fields without stray control characters.
    private func checkHead(_ answer: [UInt8]) throws(Broken) {
        let text = String(decoding: answer, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else {
            throw Broken("not HTTP", shown(answer))
        }
        let lines = text[..<end.lowerBound].split(
            separator: "\r\n",
            omittingEmptySubsequences: false
        )
        let isStatus = lines[0].wholeMatch(of: /HTTP\/1\.[01] [1-5][0-9][0-9] [ -~]*/) != nil
        let areFields = lines.dropFirst().allSatisfy {
            $0.wholeMatch(of: /[A-Za-z0-9-]+: ?[ -~]*/) != nil
        }
        guard isStatus, areFields else { throw Broken("not HTTP", shown(answer)) }
    }

    // MARK: Socket

    /// Sends the pieces, each once the server has taken the one before, and reads to the end.
    private func exchange(_ pieces: [ArraySlice<UInt8>]) throws -> [UInt8] {
        let descriptor = try connected()
        defer { close(descriptor) }
        for piece in pieces {
            guard send(piece, to: descriptor) else { break }
            if pieces.count > 1 { awaitTaken(descriptor) }
        }
        shutdown(descriptor, Int32(SHUT_WR))
        return try read(descriptor)
    }

    private func connected() throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { field in
            unsafe field.copyBytes(from: Array(path.utf8).prefix(field.count - 1))
        }
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        unsafe setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_RCVTIMEO,
            &limit,
            socklen_t(MemoryLayout<timeval>.size)
        )
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe connect(descriptor, generic, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else { throw BenchError("cannot connect: error \(errno)") }
        return descriptor
    }

    /// - Returns: false if the server has closed the connection.
    private func send(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    descriptor,
                    buffer.baseAddress,
                    buffer.count,
                    Int32(MSG_NOSIGNAL)
                )
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Until the server has read what was sent, at most a moment: it may not read at all while it
    /// answers.
    private func awaitTaken(_ descriptor: Int32) {
        for _ in 0..<2_000 {
            var unread: Int32 = 0
            let request = UInt(0x5411)  // SIOCOUTQ
            guard unsafe ioctl(descriptor, request, &unread) == 0, unread > 0 else { return }
            sched_yield()
        }
    }

    /// Without the fields that depend on the moment: the date, and whether the end of the requests was
    /// known when the answer was written.
    private func read(_ descriptor: Int32) throws -> [UInt8] {
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
            }
            if count < 0, errno == EAGAIN { throw Broken("no end of the answer", shown(answer)) }
            guard count > 0 else { break }
            answer += buffer[..<count]
        }
        // A character for each byte: a body need not be UTF-8.
        var text = String.UnicodeScalarView()
        for byte in answer { text.append(Unicode.Scalar(byte)) }
        let timeless = String(text).replacing(/(Date|Connection): [^\r]*\r\n/, with: "")
        return timeless.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }
}
