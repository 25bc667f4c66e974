import Glibc

/// The notification socket of systemd, sd_notify(3), without libsystemd.
final class NotifySocket: Sendable {
    private let descriptor: Int32
    /// The content of `sun_path`: a path, or a zero byte and the name of an abstract socket.
    private let address: [UInt8]

    /// Nil if `path` is neither absolute nor abstract (`@name`), or too long.
    init?(_ path: String) {
        var address = Array(path.utf8)
        guard let first = address.first, "/@".utf8.contains(first), !address.contains(0),
            address.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path)
        else { return nil }
        if path.hasPrefix("@") { address[0] = 0 }
        let type = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { return nil }
        self.descriptor = descriptor
        self.address = address
    }

    deinit {
        close(descriptor)
    }

    /// Sends the lines as one datagram without blocking, because the receiver may hang. Returns
    /// whether it was sent.
    @discardableResult
    func send(_ lines: [String]) -> Bool {
        let message = Array(lines.joined(separator: "\n").utf8)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &name.sun_path) { unsafe $0.copyBytes(from: address) }
        let length = MemoryLayout<sa_family_t>.size + address.count
        let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
        let sent = unsafe withUnsafePointer(to: name) { name in
            unsafe name.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                unsafe message.withUnsafeBytes { bytes in
                    unsafe sendto(
                        descriptor,
                        bytes.baseAddress,
                        bytes.count,
                        flags,
                        name,
                        socklen_t(length)
                    )
                }
            }
        }
        return sent == message.count
    }
}
