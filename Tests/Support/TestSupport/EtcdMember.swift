/// One member of an etcd cluster on this machine, as a command line. Its data is in the folder in
/// which it is started.
package struct EtcdMember: Sendable {
    /// Ports that are free: etcd does not report which port it got.
    package typealias Ports = (client: Int, peer: Int)

    package let name: String
    /// Where clients reach it.
    package let url: String
    package let arguments: [String]

    /// - Parameters:
    ///   - scheme: of the addresses for clients.
    ///   - arguments: for each member.
    package static func cluster(
        _ ports: [Ports],
        scheme: String = "http",
        arguments: [String] = []
    ) -> [EtcdMember] {
        let places = ports.enumerated().map { index, ports in
            (
                name: "member\(index + 1)", client: "\(scheme)://127.0.0.1:\(ports.client)",
                peer: "http://127.0.0.1:\(ports.peer)"
            )
        }
        let cluster = places.map { "\($0.name)=\($0.peer)" }.joined(separator: ",")
        return places.map { place in
            EtcdMember(
                name: place.name,
                url: place.client,
                arguments: [
                    "--name=\(place.name)", "--data-dir=\(place.name)",
                    "--listen-client-urls=\(place.client)",
                    "--advertise-client-urls=\(place.client)",
                    "--listen-peer-urls=\(place.peer)",
                    "--initial-advertise-peer-urls=\(place.peer)",
                    "--initial-cluster=\(cluster)", "--unsafe-no-fsync",
                ] + arguments
            )
        }
    }
}
