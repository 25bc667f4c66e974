/// Why this agent must not act on what etcd holds, or write to it.
struct CoordinationRefusal: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
