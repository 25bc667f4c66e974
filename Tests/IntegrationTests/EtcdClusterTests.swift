import Etcd
import Foundation
import TestSupport
import Testing

@Suite("the client of etcd against clusters, certificates and users")
struct EtcdClusterTests {
    @Test("a client goes on to another member, and tells a lost quorum from a lost answer")
    func failover() async throws {
        try await EtcdServer.with(members: 3) { server in
            try await server.withClient { client in
                let first = try await client.put("a", "1")
                let lease = try await client.grantLease(.seconds(600))
                try await server.members[0].kill()
                // Election may take place; nothing was sent to the member that is gone.
                let second = try await client.putEventually("a", "2")
                #expect(second.clusterID == first.clusterID)
                #expect(try await client.keepAlive(lease.id) == .seconds(600))

                try await server.members[1].kill()
                try await eventually("the last member has no leader", every: .milliseconds(100)) {
                    let error = await failure { try await client.put("a", "3") }
                    return error?.isUnreachable == true
                        && error?.description.contains("no leader") == true
                }
                #expect(await failure { try await client.read("a") }?.isUnreachable == true)
            }
        }
    }

    /// The member may carry a write out after it has woken up, long after the client gave up. Only a
    /// compare that no longer holds prevents that.
    @Test("a member that stopped answering leaves a write unknown, and a read goes elsewhere")
    func frozenMember() async throws {
        try await EtcdServer.with(members: 3) { server in
            var configuration = server.configuration
            // A share of three seconds for each member.
            configuration.timeout = .seconds(9)
            let frozen = server.members[0].program
            defer { frozen.signal(SIGCONT) }
            let three = Array("3".utf8)
            let first = try await server.withClient { try await $0.putEventually("a", "1") }
            frozen.signal(SIGSTOP)
            try await eventually("the member is stopped") {
                try String(
                    contentsOfFile: "/proc/\(frozen.processIdentifier)/stat",
                    encoding: .utf8
                )
                .contains(") T ")
            }
            try await server.withClient(server.configuration(ofMember: 0)) { client in
                let conditional = EtcdTransaction(
                    compares: [.modRevision(key: "a", first.revision)],
                    success: [.put(key: "a", Array("2".utf8))]
                )
                let error = await failure { try await client.commit(conditional) }
                #expect(error?.isOutcomeUnknown == true)
            }
            var others = configuration
            others.endpoints.removeFirst()
            try await server.withClient(others) { client in
                try await client.putEventually("a", "3")
            }
            // A new client tries the frozen member first.
            try await server.withClient(configuration) { client in
                let read = try await client.read("a")
                #expect(read.map(\.value) == [three])
            }
            try await server.withClient(configuration) { client in
                // An election, if the leader is frozen, may take longer than one call.
                try await eventually("a repeatable write gets through") {
                    let put = EtcdTransaction(success: [.put(key: "b", [4])])
                    return (try? await client.commit(put, isRepeatable: true))?.isSuccess == true
                }
            }
            frozen.signal(SIGCONT)
            try await server.withClient(server.configuration(ofMember: 0)) { client in
                try await client.putEventually("c", "5")
                let read = try await client.read("a")
                #expect(read.map(\.value) == [three])
            }
        }
    }

    @Test("no member at all is unreachable")
    func nobody() async throws {
        let configuration = EtcdConfiguration(
            endpoints: [
                "http://127.0.0.1:\(try await FreePort.find())",
                "http://127.0.0.1:\(try await FreePort.find())",
            ],
            timeout: .seconds(20)
        )
        let client = try EtcdClient(configuration)
        defer { client.shutdown() }
        let error = await failure { try await client.put("a", "1") }
        #expect(error?.isUnreachable == true)
        for endpoint in configuration.endpoints {
            #expect(error?.description.contains(endpoint) == true)
        }
    }

    @Test("over TLS both sides prove who they are")
    func certificates() async throws {
        try await EtcdServer.with(isSecured: true) { server in
            try await server.withClient { client in
                let result = try await client.put("a", "1")
                #expect(result.isSuccess)
            }
            var anonymous = server.configuration
            (anonymous.certificateFile, anonymous.keyFile) = (nil, nil)
            var distrustful = server.configuration
            try await Certificate.write(to: server.scratch.folder, name: "other")
            distrustful.caFile = server.path("other.pem")
            for configuration in [anonymous, distrustful] {
                try await server.withClient(configuration) { client in
                    #expect(await failure { try await client.read("a") }?.isUnreachable == true)
                }
            }
            try await server.withClient(distrustful) { client in
                #expect(await failure { try await client.put("a", "2") }?.isUnreachable == true)
            }
        }
    }

    @Test("a user gets a token, renews it when it is no longer valid, and is held to their role")
    func users() async throws {
        try await EtcdServer.with { server in
            let configuration = try server.configuration(password: "pass: wörd\n")
            try await server.withClient(configuration) { client in
                // Before anyone enabled authentication.
                try await client.put("gw/a", "0")
                try await server.enableAuthentication(password: "pass: wörd")
                try await client.put("gw/a", "1")
                let error = await failure { try await client.put("b", "1") }
                #expect(error?.isRefusal(7, "permission denied") == true)

                // Every token becomes invalid with the next revision of the users.
                try await server.etcdctl("--user=root:root", "role", "add", "another")
                try await client.put("gw/a", "2")
                let lease = try await client.grantLease(.seconds(60))
                #expect(try await client.keepAlive(lease.id) == .seconds(60))
                try await client.revoke(lease.id)
            }
            try await server.withClient { client in
                let error = await failure { try await client.put("gw/a", "3") }
                #expect(error?.isUnauthenticated("no user is configured") == true)
            }
            try server.scratch.write("wrong", to: "password")
            try await server.withClient(configuration) { client in
                let early = await failure { try await client.put("gw/a", "3") }
                #expect(early?.isUnauthenticated("invalid user ID or password") == true)
                // The file is read at each authentication.
                try server.scratch.write("pass: wörd", to: "password")
                try await client.put("gw/a", "3")
                #expect(try await client.read("gw/").count == 1)
                let error = await failure { try await client.read("") }
                #expect(error?.isRefusal(7, "permission denied") == true)
            }
        }
    }

    @Test("a token is renewed after its member has forgotten it")
    func restartedMember() async throws {
        try await EtcdServer.with { server in
            let configuration = try server.configuration(password: "secret")
            try await server.enableAuthentication(password: "secret")
            try await server.withClient(configuration) { client in
                try await client.put("gw/a", "1")
                try await server.members[0].kill()
                let again = try server.restartFirstMember()
                defer { again.signal(SIGKILL) }
                try await client.putEventually("gw/a", "2")
                #expect(again.isRunning)
            }
        }
    }
}

extension EtcdServer {
    /// The user graphwarden may read and write below `gw/`.
    fileprivate func enableAuthentication(password: String) async throws {
        try await etcdctl("user", "add", "root:root")
        try await etcdctl("user", "grant-role", "root", "root")
        try await etcdctl("role", "add", "ledger")
        try await etcdctl("role", "grant-permission", "ledger", "--prefix=true", "readwrite", "gw/")
        try await etcdctl("user", "add", "graphwarden:\(password)")
        try await etcdctl("user", "grant-role", "graphwarden", "ledger")
        try await etcdctl("auth", "enable")
    }
}
