import Time

/// How a graph is reached, and whose fate it shares.
///
/// Subnets become known one by one: the details of each graph name them. Until all are known, a
/// graph whose subnet is known has neighbours who may be in it without that being known. These
/// count by the network of their address, and so does a graph whose own subnet is not known.
struct Way: Hashable, Sendable {
    let path: Path
    /// The path by the network of the address; nil where the address is not known.
    let neighbourhood: Path?

    enum Group: Hashable, Sendable {
        /// The graphs with this path.
        case path(Path)
        /// The graphs with an address in this network, whatever their subnet.
        case neighbourhood(Path)
    }

    private var isBySubnet: Bool { neighbourhood.map { $0 != path } ?? true }

    /// The groups of which the graph is one.
    var groups: [Group] { [.path(path)] + (neighbourhood.map { [.neighbourhood($0)] } ?? []) }

    /// The groups whose fate the graph shares. It is in exactly one of them.
    var shares: [Group] {
        guard let neighbourhood else { return [.path(path)] }
        return isBySubnet
            ? [.path(path), .path(neighbourhood)] : [.neighbourhood(neighbourhood)]
    }
}
