import Etcd
import Foundation
import HTTPClient
import JSON
import TestSupport

/// One or three members of Debian's etcd, on free ports and with their data in a temporary folder.
final class EtcdServer: Sendable {
    /// One process with its addresses.
    struct Member: Sendable {
        let name: String
        let url: String
        let program: Program
        let arguments: [String]

        /// Kills this process, and no other.
        func kill() async throws {
            program.signal(SIGKILL)
            _ = try await program.exitStatus()
        }
    }

    let members: [Member]
    let scratch: Scratch
    private let isSecured: Bool

    private init(members: [Member], scratch: Scratch, isSecured: Bool) {
        self.members = members
        self.scratch = scratch
        self.isSecured = isSecured
    }

    /// - Parameters:
    ///   - isSecured: whether it serves HTTPS and asks clients for a certificate.
    ///   - arguments: for each member.
    static func start(
        members count: Int = 1,
        isSecured: Bool = false,
        arguments: [String] = []
    ) async throws -> EtcdServer {
        let scratch = try Scratch()
        if isSecured { try await Certificate.write(to: scratch.folder, name: "etcd") }
        var ports: [EtcdMember.Ports] = []
        for _ in 1...count {
            ports.append((try await FreePort.find(), try await FreePort.find()))
        }
        let plan = EtcdMember.cluster(
            ports,
            scheme: isSecured ? "https" : "http",
            arguments: (isSecured ? securityFlags : []) + arguments
        )
        let members = try plan.map { member in
            Member(
                name: member.name,
                url: member.url,
                program: try run(member.arguments, in: scratch),
                arguments: member.arguments
            )
        }
        let server = EtcdServer(members: members, scratch: scratch, isSecured: isSecured)
        do {
            try await server.waitUntilReady()
        } catch {
            server.stop()
            throw error
        }
        return server
    }

    private static func run(_ arguments: [String], in scratch: Scratch) throws -> Program {
        try Program(try Program.debian("etcd"), arguments, in: scratch.folder)
    }

    /// Starts the first member again after it was killed. The caller ends the program.
    func restartFirstMember() throws -> Program {
        try Self.run(members[0].arguments, in: scratch)
    }

    /// Starts etcd for one test.
    @discardableResult
    static func with<Value>(
        members count: Int = 1,
        isSecured: Bool = false,
        arguments: [String] = [],
        _ test: (EtcdServer) async throws -> Value
    ) async throws -> Value {
        let server = try await start(members: count, isSecured: isSecured, arguments: arguments)
        defer { server.stop() }
        return try await test(server)
    }

    private static let securityFlags = [
        "--cert-file=etcd.pem", "--key-file=etcd.key", "--client-cert-auth",
        "--trusted-ca-file=etcd.pem",
    ]

    var endpoints: [String] { members.map(\.url) }

    func path(_ name: String) -> String { scratch.folder.appending(path: name).path }

    /// Of a client that may use the whole cluster.
    var configuration: EtcdConfiguration {
        var configuration = EtcdConfiguration(endpoints: endpoints, timeout: .seconds(20))
        if isSecured {
            configuration.caFile = path("etcd.pem")
            configuration.certificateFile = path("etcd.pem")
            configuration.keyFile = path("etcd.key")
        }
        return configuration
    }

    /// Of a client that knows only one member, and gives it three seconds.
    func configuration(ofMember index: Int) -> EtcdConfiguration {
        var configuration = configuration
        configuration.endpoints = [members[index].url]
        configuration.timeout = .seconds(3)
        return configuration
    }

    /// Of the user graphwarden, whose password is in the file `password` from now on.
    func configuration(password: String) throws -> EtcdConfiguration {
        var configuration = configuration
        configuration.user = "graphwarden"
        configuration.passwordFile = try scratch.write(password, to: "password").path
        return configuration
    }

    /// Runs a test with a client of this cluster.
    @discardableResult
    func withClient<Value>(
        _ configuration: EtcdConfiguration? = nil,
        _ test: (EtcdClient) async throws -> Value
    ) async throws -> Value {
        let client = try EtcdClient(configuration ?? self.configuration)
        defer { client.shutdown() }
        return try await test(client)
    }

    /// Until every member commits: each has a leader then.
    private func waitUntilReady() async throws {
        for member in members {
            var configuration = configuration
            configuration.endpoints = [member.url]
            try await withClient(configuration) { client in
                try await eventually("\(member.name) of etcd is ready") {
                    (try? await client.commit(EtcdTransaction(success: [.get(key: "a")]))) != nil
                } lastSeen: {
                    member.program.text
                }
            }
        }
    }

    /// Runs etcdctl against the first member.
    @discardableResult
    func etcdctl(_ arguments: String...) async throws -> String {
        let security =
            isSecured
            ? [
                "--cacert=\(path("etcd.pem"))", "--cert=\(path("etcd.pem"))",
                "--key=\(path("etcd.key"))",
            ] : []
        let (status, text) = try await Program.run(
            try Program.debian("etcdctl"),
            ["--endpoints=\(members[0].url)"] + security + arguments,
            environment: ["ETCDCTL_API": "3"]
        )
        guard status == 0 else { throw Program.Failure(description: text) }
        return text
    }

    func stop() {
        for member in members { member.program.signal(SIGKILL) }
        scratch.remove()
    }
}
