import Glibc

/// How many files and sockets the system lets this process have open.
enum OpenFiles {
    /// The ledger, the management plane, listeners and those who ask.
    private static let reserve = 40

    /// How many of `wanted` things, with so many sockets each, there is room for; one at least.
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
