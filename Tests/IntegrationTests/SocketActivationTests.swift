import Foundation
import GESSimulator
import TestSupport
import Testing

@Suite("Socket activation")
struct SocketActivationTests {
    /// systemd-socket-activate closes the descriptor by which Foundation notices the end of a child,
    /// which then waits for it on the thread that all children share. So another program is in
    /// between. It also unblocks the signals that Foundation blocks in its children.
    private static let activate = [
        "/usr/bin/python3", "-c",
        """
        import signal, subprocess, sys
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        command = ["setpriv", "--pdeathsig", "KILL", "--", "systemd-socket-activate"]
        child = subprocess.Popen(command + sys.argv[1:])
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        sys.exit(child.wait())
        """,
    ]

    @Test("serves at every socket that systemd passes")
    func sockets() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
            try AgentSetup().write(to: scratch, for: cloud)
            let socket = scratch.folder.appending(path: "s").path
            let ports = [try await FreePort.find(), try await FreePort.find()]
            let process = try await AgentProcess.start(
                in: scratch.folder,
                listening: ["--web.systemd-socket"],
                through: Launcher(
                    prefix: Self.activate + ports.map { "--listen=127.0.0.1:\($0)" } + [
                        "--listen=\(socket)", "--fdname=web:more:local",
                    ]
                ),
                // The first connection starts the agent, and waits for it.
                meanwhile: { _ in
                    let answer = try await Self.curl(
                        "--retry",
                        "10",
                        "--retry-connrefused",
                        "--retry-all-errors",
                        "--unix-socket",
                        socket,
                        "http://agent/-/healthy"
                    )
                    #expect(answer == "Graphwarden is Healthy.\n")
                }
            )
            defer { process.program.signal(SIGKILL) }
            let log = process.program.text
            let addresses = log.matches(of: /msg="Listening on" address=(\S+)/).map { "\($0.1)" }
            #expect(addresses == ports.map { "127.0.0.1:\($0)" } + ["unix:\(socket)"])
            for address in addresses.dropLast() {
                #expect(try await Self.curl("http://\(address)/-/healthy").contains("Healthy"))
            }
            #expect(try await process.stop() == 0)
            // systemd keeps the socket for the next start.
            #expect(FileManager.default.fileExists(atPath: socket))
        }
    }

    @Test("refuses to start without a usable socket, and says why")
    func unusable() async throws {
        let missing = try await Program.run(
            Program.graphwarden,
            ["run", "--web.systemd-socket"]
        )
        #expect(missing.status == 64)
        #expect(missing.text.contains("systemd passes no socket: LISTEN_FDS is not set"))
        let both = try await Program.run(
            Program.graphwarden,
            ["run", "--web.systemd-socket", "--web.listen-address=:1"]
        )
        #expect(both.status == 64)
        #expect(both.text.contains("exclude each other"))
        // What a socket unit with Accept=yes passes: a connection.
        let scratch = try Scratch()
        defer { scratch.remove() }
        let socket = scratch.folder.appending(path: "s").path
        let activator = try Program(
            URL(filePath: Self.activate[0]),
            Self.activate.dropFirst() + [
                "--accept", "--listen=\(socket)", Program.graphwarden.path, "run",
                "--web.systemd-socket",
            ]
        )
        defer { activator.signal(SIGTERM) }
        _ = try await Self.curl(
            "--retry",
            "10",
            "--retry-connrefused",
            "--unix-socket",
            socket,
            "http://agent/"
        )
        try await eventually("the agent refuses the connection") {
            activator.text
        } is: { text in
            text.contains("is not listening; use Accept=no in the .socket unit")
        }
    }

    @Test("warns of sockets that are not used")
    func unused() async throws {
        let result = try await Program.run(
            URL(filePath: "/bin/bash"),
            [
                "-c", "LISTEN_PID=$$ LISTEN_FDS=1 exec \"$@\"", "bash", Program.graphwarden.path,
                "run", "--config.file=/no/such/file",
            ]
        )
        #expect(result.status == 2)
        #expect(result.text.contains("systemd passes sockets that are not used"))
    }

    /// The body of the response; empty if there is none.
    private static func curl(_ arguments: String...) async throws -> String {
        try await Program.run(
            URL(filePath: "/usr/bin/curl"),
            ["--silent", "--max-time", "60"] + arguments
        ).text
    }
}
