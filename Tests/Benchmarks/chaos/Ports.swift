import Glibc
import Synchronization
import Workbench

/// Ports for etcd, which is started again on the port that it had. They are below the range from
/// which the system takes ports for connections.
enum Ports {
    private static let next = Mutex(20_000 + Int(getpid() % 100) * 100)

    static func take() throws -> Int {
        for _ in 0..<12_000 {
            let port = next.withLock { next in
                defer { next = next < 32_000 ? next + 1 : 20_000 }
                return next
            }
            if isFree(port) { return port }
        }
        throw BenchError("no free port below 32000")
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, length) == 0
            }
        }
    }
}
