import Foundation

/// TCP ports of 127.0.0.1 that nobody listens on.
enum FreePorts {
    struct Unavailable: Error {}

    /// All of them are held until the last one is found, so that they differ.
    static func take(_ count: Int) throws -> [UInt16] {
        var sockets: [Int32] = []
        defer { for socket in sockets { close(socket) } }
        return try (0..<count).map { _ in
            let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            guard handle >= 0 else { throw Unavailable() }
            sockets.append(handle)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    unsafe bind(handle, pointer, length) == 0
                        && getsockname(handle, pointer, &length) == 0
                }
            }
            guard isBound else { throw Unavailable() }
            return UInt16(bigEndian: address.sin_port)
        }
    }
}
