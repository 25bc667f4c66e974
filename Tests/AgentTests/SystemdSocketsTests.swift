import Glibc
import Listener
import Testing

@testable import Agent

@Suite("The sockets that systemd passes")
struct SystemdSocketsTests {
    private func sockets(_ variables: [String: String]) throws -> SystemdSockets {
        try SystemdSockets(processIdentifier: 7) { variables[$0] }
    }

    @Test("begin at descriptor 3 and have names")
    func descriptors() throws {
        let two = try sockets(["LISTEN_PID": "7", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "web:"])
        #expect(two.sockets == [.init(descriptor: 3, name: "web"), .init(descriptor: 4, name: "")])
        #expect(two.addresses == [.inherited(descriptor: 3), .inherited(descriptor: 4)])
        let unnamed = try sockets(["LISTEN_PID": "7", "LISTEN_FDS": "1"])
        #expect(unnamed.sockets == [.init(descriptor: 3, name: "unknown")])
    }

    @Test(
        "are refused with the reason",
        arguments: [
            ([:], "systemd passes no socket: LISTEN_FDS is not set"),
            (["LISTEN_FDS": "1"], "to another process: LISTEN_PID is \"\""),
            (["LISTEN_FDS": "1", "LISTEN_PID": "8"], "LISTEN_PID is \"8\", and this is process 7"),
            (["LISTEN_FDS": "0", "LISTEN_PID": "7"], "LISTEN_FDS is \"0\": expected a number"),
            (["LISTEN_FDS": "-1", "LISTEN_PID": "7"], "LISTEN_FDS is \"-1\""),
            (["LISTEN_FDS": "65", "LISTEN_PID": "7"], "from 1 to 64"),
            (["LISTEN_FDS": "x", "LISTEN_PID": "7"], "LISTEN_FDS is \"x\""),
            (
                ["LISTEN_FDS": "2", "LISTEN_PID": "7", "LISTEN_FDNAMES": "a:b:c"],
                "LISTEN_FDNAMES has 3 names for 2 sockets"
            ),
        ]
    )
    func refused(variables: [String: String], text: String) {
        let error = #expect(throws: SystemdSocketsError.self) { try sockets(variables) }
        #expect(error?.description.contains(text) == true, "\(error?.description ?? "")")
    }

    @Test(
        "must be listening stream sockets",
        arguments: [
            (AF_INET, SOCK_STREAM, true, nil), (AF_INET6, SOCK_STREAM, true, nil),
            (AF_UNIX, SOCK_STREAM, true, nil),
            (AF_INET, SOCK_STREAM, false, "is not listening; use Accept=no"),
            (AF_INET, SOCK_DGRAM, false, "is not a stream socket; use ListenStream="),
            (AF_UNIX, SOCK_SEQPACKET, true, "is not a stream socket"),
            (AF_NETLINK, SOCK_DGRAM, false, "is neither a TCP nor a UNIX socket"),
        ] as [(Int32, __socket_type, Bool, String?)]
    )
    func kinds(family: Int32, type: __socket_type, listens: Bool, problem: String?) throws {
        let descriptor = socket(family, Int32(type.rawValue), 0)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        if listens {
            // A UNIX socket has to be bound first; binding only the family gives it a free name.
            var address = sockaddr(
                sa_family: sa_family_t(family),
                sa_data: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
            )
            if family == AF_UNIX {
                let length = socklen_t(MemoryLayout<sa_family_t>.size)
                let status = unsafe bind(descriptor, &address, length)
                try #require(status == 0)
            }
            try #require(listen(descriptor, 1) == 0)
        }
        let passed = SystemdSockets.Socket(descriptor: descriptor, name: "web")
        guard let problem else { return try SystemdSockets.check(passed) }
        let error = #expect(throws: SystemdSocketsError.self) { try SystemdSockets.check(passed) }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }

    @Test("are refused if the descriptor is a file or closed")
    func files() throws {
        let file = unsafe open("/dev/null", O_RDONLY)
        defer { close(file) }
        for descriptor in [file, 4_000] {
            let error = #expect(throws: SystemdSocketsError.self) {
                try SystemdSockets.check(.init(descriptor: descriptor, name: "web"))
            }
            #expect(error?.description.contains("is not a socket") == true)
        }
    }
}
