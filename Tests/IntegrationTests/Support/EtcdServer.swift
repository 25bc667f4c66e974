import Foundation
import HTTPClient
import TestSupport

/// Debian's etcd: one node, or a cluster of three, with data in a folder of its own.
final class EtcdServer: Sendable {
    let nodes: [Program]
    let endpoints: [String]
    private let scratch: Scratch

    private init(nodes: [Program], endpoints: [String], scratch: Scratch) {
        self.nodes = nodes
        self.endpoints = endpoints
        self.scratch = scratch
    }

    static func start(nodes count: Int = 1) async throws -> EtcdServer {
        let scratch = try Scratch()
        var clients: [String] = []
        var peers: [String] = []
        for _ in 0..<count {
            clients.append("http://127.0.0.1:\(try await FreePort.find())")
            peers.append("http://127.0.0.1:\(try await FreePort.find())")
        }
        let cluster = peers.enumerated().map { "n\($0)=\($1)" }.joined(separator: ",")
        var nodes: [Program] = []
        for index in 0..<count {
            nodes.append(
                try Program(
                    try Program.debian("etcd"),
                    [
                        "--name=n\(index)", "--data-dir=n\(index)",
                        "--listen-client-urls=\(clients[index])",
                        "--advertise-client-urls=\(clients[index])",
                        "--listen-peer-urls=\(peers[index])",
                        "--initial-advertise-peer-urls=\(peers[index])",
                        "--initial-cluster=\(cluster)", "--log-level=error",
                    ],
                    in: scratch.folder
                )
            )
        }
        let server = EtcdServer(nodes: nodes, endpoints: clients, scratch: scratch)
        let http = try HTTPClient(configuration: HTTPClientConfiguration())
        defer { http.shutdown() }
        for endpoint in clients {
            try await eventually("etcd serves \(endpoint)") {
                let health = try? await http.send(HTTPRequest(url: endpoint + "/health"))
                return health?.status == 200
            } lastSeen: {
                server.nodes.map(\.text).joined(separator: "\n")
            }
        }
        return server
    }

    func stop() {
        for node in nodes { node.signal(SIGKILL) }
        scratch.remove()
    }
}
