import Glibc
import Synchronization

/// The addresses of this machine. They come and go, and reading them takes long enough that not
/// every request may ask for it.
final class MachineAddresses: Sendable {
    private static let maximumAge = Duration.seconds(10)

    private struct State {
        var addresses: Set<String> = []
        var readAt: Duration?
    }

    private let state = Mutex(State())
    private let read: @Sendable () -> Set<String>

    init(read: @escaping @Sendable () -> Set<String> = { MachineAddresses.current() }) {
        self.read = read
    }

    func contains(_ address: String, at now: Duration = .uptime) -> Bool {
        state.withLock { state in
            if now - (state.readAt ?? now - Self.maximumAge) >= Self.maximumAge {
                state.addresses = read()
                state.readAt = now
            }
            return state.addresses.contains(address)
        }
    }

    private static func current() -> Set<String> {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard unsafe getifaddrs(&first) == 0 else { return [] }
        defer { unsafe freeifaddrs(first) }
        var addresses: Set<String> = []
        var next = unsafe first
        while let interface = unsafe next {
            unsafe next = interface.pointee.ifa_next
            guard let address = unsafe interface.pointee.ifa_addr else { continue }
            let family = Int32(unsafe address.pointee.sa_family)
            guard family == AF_INET || family == AF_INET6 else { continue }
            let length =
                family == AF_INET
                ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let status = unsafe getnameinfo(
                address,
                socklen_t(length),
                &text,
                socklen_t(text.count),
                nil,
                0,
                NI_NUMERICHOST
            )
            guard status == 0 else { continue }
            let bytes = text.prefix { $0 != 0 && $0 != CChar(UInt8(ascii: "%")) }
            addresses.insert(String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
        return addresses
    }
}
