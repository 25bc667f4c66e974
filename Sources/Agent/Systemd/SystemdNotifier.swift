import Glibc
import Synchronization

/// Sends notifications to systemd, for units of `Type=notify`.
package final class SystemdNotifier: Sendable {
    private let socket: NotifySocket
    /// The watchdog time-out of the unit; nil without one.
    let watchdogTimeout: Duration?
    private let isReady = Mutex(false)

    /// Reads the environment that systemd sets; nil if it expects no notifications.
    package static func fromEnvironment() -> SystemdNotifier? {
        SystemdNotifier(processIdentifier: getpid()) { name in
            unsafe getenv(name).map { unsafe String(cString: $0) }
        }
    }

    init?(processIdentifier: Int32, variable: (String) -> String?) {
        guard let path = variable("NOTIFY_SOCKET"), let socket = NotifySocket(path) else {
            return nil
        }
        self.socket = socket
        let microseconds = variable("WATCHDOG_USEC").flatMap { Int64($0) }.flatMap {
            $0 > 0 ? $0 : nil
        }
        // The variable may be meant for another process, such as a shell around this one.
        let isMeant = variable("WATCHDOG_PID").map { $0 == "\(processIdentifier)" } ?? true
        watchdogTimeout = isMeant ? microseconds.map { .microseconds($0) } : nil
    }

    /// Returns whether the notification was sent.
    func ready(_ status: String) -> Bool {
        isReady.withLock { isReady in
            isReady = socket.send(["READY=1", Self.line(status)])
            return isReady
        }
    }

    /// Announces a reload. systemd expects this only after the unit is ready.
    func reloading() {
        guard isReady.withLock({ $0 }) else { return }
        socket.send([
            "RELOADING=1", "MONOTONIC_USEC=\(Self.monotonicMicroseconds)",
            Self.line("Reloading the configuration"),
        ])
    }

    /// Announces the end of a reload, whatever its outcome.
    func reloaded() {
        guard isReady.withLock({ $0 }) else { return }
        socket.send(["READY=1"])
    }

    func alive() {
        socket.send(["WATCHDOG=1"])
    }

    func status(_ text: String) {
        socket.send([Self.line(text)])
    }

    func stopping() {
        socket.send(["STOPPING=1", Self.line("Stopping")])
    }

    private static func line(_ status: String) -> String {
        "STATUS=" + status.split(separator: "\n").joined(separator: "; ")
    }

    /// Lets systemd match the notification with its own reload request.
    private static var monotonicMicroseconds: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
