import Foundation

/// The wrapper that starts the agent: a limit, a namespace, a tracer, a separate clock. Each
/// wrapper execs the agent, so that the process started is the agent's.
struct Launcher: Sendable {
    /// A program with its arguments; the agent and its arguments follow.
    var prefix: [String] = []
    var environment: [String: String] = [:]

    static let none = Launcher()

    /// Runs shell commands in the agent's folder first.
    static func shell(_ commands: String) -> Launcher {
        Launcher(prefix: ["/bin/bash", "-c", commands + "\nexec \"$@\"", "agent"])
    }

    /// Mounts file systems that only the agent sees.
    static func mounts(_ commands: String) -> Launcher {
        let unshare =
            geteuid() == 0 ? ["/usr/bin/unshare", "-m"] : ["/usr/bin/unshare", "-U", "-r", "-m"]
        return Launcher(prefix: unshare + shell(commands).prefix)
    }

    /// Slows system calls from outside the process.
    static func slowing(_ calls: String, by delay: Duration) throws -> Launcher {
        let microseconds = Int(delay / .microseconds(1))
        return Launcher(
            prefix: [
                try Program.debian("strace").path, "-D", "-f", "--seccomp-bpf", "-qq",
                "-o", "/dev/null", "-e", "trace=\(calls)",
                "-e", "inject=\(calls):delay_enter=\(microseconds)",
            ]
        )
    }
}

/// A separate wall clock for one agent, which can be set while it runs.
struct FakeClock: Sendable {
    let file: URL

    init(in folder: URL) {
        file = folder.appending(path: "clock")
    }

    /// Offset from the true time in seconds; the agent notices within a tenth of a second.
    func set(by seconds: Int) throws {
        try Data("\(seconds)\n".utf8).write(to: file, options: .atomic)
    }

    /// Only the wall clock: elapsed time is unaffected.
    func launcher() throws -> Launcher {
        try set(by: 0)
        var launcher = Launcher.shell("")
        launcher.environment = [
            "LD_PRELOAD": try Program.ownLibrary("libfasttime.so").path, "WALL_CLOCK": file.path,
        ]
        return launcher
    }
}
