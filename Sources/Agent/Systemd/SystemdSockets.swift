import Glibc
import Listener

/// The listening sockets that systemd passes to a service (sd_listen_fds(3)), for
/// `--web.systemd-socket`.
package struct SystemdSockets: Sendable, Hashable {
    struct Socket: Sendable, Hashable {
        let descriptor: Int32
        /// `FileDescriptorName=` of the socket unit.
        let name: String
    }

    /// The first descriptor after standard input, output and error.
    private static let firstDescriptor: Int32 = 3
    private static let maximumCount: Int32 = 64
    private static let variables = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]

    let sockets: [Socket]

    var addresses: [ListenAddress] {
        sockets.map { .inherited(descriptor: $0.descriptor) }
    }

    package var names: [String] { sockets.map(\.name) }

    /// Whether systemd has passed sockets to this process.
    package static var arePassed: Bool {
        value("LISTEN_FDS") != nil && value("LISTEN_PID") == "\(getpid())"
    }

    /// Checks the sockets, and keeps them from children of this process.
    package static func take() throws(SystemdSocketsError) -> SystemdSockets {
        let passed = try SystemdSockets(processIdentifier: getpid(), variable: value)
        for socket in passed.sockets {
            try check(socket)
            // Fails only for a descriptor that is not open, which `check` has ruled out.
            _ = fcntl(socket.descriptor, F_SETFD, FD_CLOEXEC)
        }
        return passed
    }

    /// A child would take the sockets for its own. Changes the environment, so call this before any
    /// thread starts.
    package static func clearEnvironment() {
        for name in variables { unsafe unsetenv(name) }
    }

    init(
        processIdentifier: Int32,
        variable: (String) -> String?
    ) throws(SystemdSocketsError) {
        guard let countText = variable("LISTEN_FDS") else {
            throw SystemdSocketsError(
                "systemd passes no socket: LISTEN_FDS is not set; start the agent by its .socket"
                    + " unit, or use --web.listen-address"
            )
        }
        let owner = variable("LISTEN_PID") ?? ""
        guard owner == "\(processIdentifier)" else {
            throw SystemdSocketsError(
                "systemd passes the sockets to another process: LISTEN_PID is \"\(owner)\", and"
                    + " this is process \(processIdentifier)"
            )
        }
        guard let count = Int32(countText), (1...Self.maximumCount).contains(count) else {
            throw SystemdSocketsError(
                "LISTEN_FDS is \"\(countText)\": expected a number from 1 to \(Self.maximumCount)"
            )
        }
        let names = variable("LISTEN_FDNAMES")?.split(
            separator: ":",
            omittingEmptySubsequences: false
        )
        if let names, names.count != Int(count) {
            throw SystemdSocketsError(
                "LISTEN_FDNAMES has \(names.count) names for \(count) sockets"
            )
        }
        sockets = (0..<count).map { index in
            Socket(
                descriptor: Self.firstDescriptor + index,
                name: names.map { String($0[Int(index)]) } ?? "unknown"
            )
        }
    }

    /// A socket of another kind would only fail at the first connection.
    static func check(_ socket: Socket) throws(SystemdSocketsError) {
        func refuse(_ cause: String) -> SystemdSocketsError {
            SystemdSocketsError("socket \(socket.descriptor) (\"\(socket.name)\") \(cause)")
        }
        guard let type = option(SO_TYPE, of: socket.descriptor),
            let family = option(SO_DOMAIN, of: socket.descriptor)
        else {
            throw refuse("is not a socket: \(unsafe String(cString: strerror(errno)))")
        }
        guard [AF_INET, AF_INET6, AF_UNIX].contains(family) else {
            throw refuse("is neither a TCP nor a UNIX socket")
        }
        guard type == Int32(SOCK_STREAM.rawValue) else {
            throw refuse("is not a stream socket; use ListenStream= in the .socket unit")
        }
        guard option(SO_ACCEPTCONN, of: socket.descriptor) == 1 else {
            throw refuse("is not listening; use Accept=no in the .socket unit")
        }
    }

    private static func option(_ name: Int32, of descriptor: Int32) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        let status = unsafe getsockopt(descriptor, SOL_SOCKET, name, &value, &length)
        return status == 0 ? value : nil
    }

    private static func value(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}

/// Why the sockets that systemd passes cannot be used.
package struct SystemdSocketsError: Error, Hashable, CustomStringConvertible {
    private let cause: String

    init(_ cause: String) { self.cause = cause }

    package var description: String { "--web.systemd-socket: \(cause)" }
}
