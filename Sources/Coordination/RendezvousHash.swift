/// Rendezvous hashing: a key belongs to the node with the highest weight, so that only the keys of a
/// node that comes or goes move.
package enum RendezvousHash {
    /// FNV-1a over both texts. Similar texts have similar hashes; the finalizer of SplitMix64 tells
    /// them apart.
    package static func weight(of key: some StringProtocol, at node: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        for byte in key.utf8 { add(byte) }
        // No byte of a text.
        add(0xFF)
        for byte in node.utf8 { add(byte) }
        hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
        hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
        return hash ^ (hash >> 31)
    }

    /// The node to which the key belongs: of several with the same weight, the first.
    package static func owner<Node>(
        of key: some StringProtocol,
        among nodes: [Node],
        by name: (Node) -> String
    ) -> Node? {
        var best: (node: Node, weight: UInt64)?
        for node in nodes {
            let weight = weight(of: key, at: name(node))
            if best.map({ weight > $0.weight }) ?? true { best = (node, weight) }
        }
        return best?.node
    }
}
