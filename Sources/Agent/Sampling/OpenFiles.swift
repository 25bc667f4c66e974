import Glibc

/// The limit on open files and sockets of this process.
enum OpenFiles {
    /// For the ledger, the management plane, the listener and its clients.
    private static let reserve = 40

    /// How many of `wanted` operations with `sockets` sockets each fit the limit; at least one.
    static func room(for wanted: Int, eachWith sockets: Int) -> Int {
        room(for: wanted, eachWith: sockets, limit: limit)
    }

    static func room(for wanted: Int, eachWith sockets: Int, limit: Int) -> Int {
        min(wanted, max(1, (limit - reserve) / max(1, sockets)))
    }

    private static var limit: Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return 1024
        }
        return Int(clamping: limit.rlim_cur)
    }
}
