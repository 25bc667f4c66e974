import Foundation

/// Ports that were just free, for programs that do not report which port the system chose.
package enum FreePorts {
    package static func find(_ count: Int) async throws -> [Int] {
        // All open at once, so that they are different.
        let sockets = (0..<count).map { _ in socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
        defer { for descriptor in sockets { close(descriptor) } }
        return try sockets.map(bindAnywhere)
    }

    private static func bindAnywhere(_ descriptor: Int32) throws -> Int {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, length) == 0
                    ? unsafe getsockname(descriptor, generic, &length) : -1
            }
        }
        guard status == 0 else { throw BenchError("no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
