/// The keys in etcd, below a prefix of the fleet:
///
/// - `leader`: who acts, bound to its lease. Its create revision is the epoch.
/// - `fleet`: its mod revision is the version of everything that agents share.
/// - `graphs/ID`: the record of a graph.
/// - `pauses`: all pauses.
/// - `members/ID`: what an agent says, bound to its lease.
struct SharedKeys: Sendable {
    let prefix: String

    init(prefix: String) {
        self.prefix = prefix.hasSuffix("/") ? prefix : prefix + "/"
    }

    var leader: String { prefix + "leader" }
    var fleet: String { prefix + "fleet" }
    var pauses: String { prefix + "pauses" }
    var graphs: String { prefix + "graphs/" }
    var members: String { prefix + "members/" }

    func graph(_ id: String) -> String { graphs + id }
    func member(_ id: String) -> String { members + id }
}
