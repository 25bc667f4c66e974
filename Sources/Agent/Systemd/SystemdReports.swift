import Glibc
import Time
import API
import Remediation
import Cycle

/// Keeps systemd informed: readiness, the status line, and the watchdog, whose notifications stop
/// when the loop hangs.
struct SystemdReports: Sendable {
    let notifier: SystemdNotifier
    let pulse: Pulse
    let board: StatusBoard
    let clock: AgentClock
    let stop: StopSignal

    /// After this time the agent reports ready even if no poll has ended: a cloud that does not
    /// answer must not make the unit fail.
    private static let readyLimit = Duration.seconds(30)
    /// More often than systemd demands, so that a few late ones do no harm on a busy machine.
    private static let beatsPerTimeout = 8
    private static let interval = Duration.milliseconds(500)

    /// Blocks its thread, and depends on no other: the watchdog must hear of the loop, whatever the
    /// concurrency pool is busy with.
    func run(pausing pause: (Duration) -> Void = Self.sleep) {
        let started = clock.elapsed()
        board.report(Self.watchdogTrouble, shortWatchdog)
        let beat = notifier.watchdogTimeout.map { $0 / Self.beatsPerTimeout }
        var nextBeat = started
        var isReady = false
        var said = ""
        while !stop.isRequested {
            let now = clock.elapsed()
            let status = status
            if !isReady, pulse.hasCompletedCycle || now - started >= Self.readyLimit {
                isReady = notifier.ready(status)
                said = status
            } else if isReady, status != said {
                notifier.status(status)
                said = status
            }
            if let beat, now >= nextBeat, pulse.isAlive(at: now) {
                notifier.alive()
                nextBeat = now + beat
            }
            let wait = min(Self.interval, beat ?? Self.interval)
            pause(wait)
        }
        notifier.stopping()
    }

    private static let watchdogTrouble = "watchdog_short"
    /// Below this a busy host, rather than an agent that hangs, may miss a notification. How often
    /// rules are evaluated does not matter: notifications do not wait for the loop.
    private static let shortestWatchdog = Duration.seconds(10)

    private var shortWatchdog: Trouble? {
        guard let timeout = notifier.watchdogTimeout, timeout < Self.shortestWatchdog else {
            return nil
        }
        return Trouble(
            Self.watchdogTrouble,
            "systemd's watchdog ends the agent after \(timeout.text) without a notification, which a"
                + " busy host may cause as well",
            remedy: "set WatchdogSec to 60 in the unit, at least to 10",
            since: clock.now()
        )
    }

    private static func sleep(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        var rest = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        unsafe nanosleep(&rest, nil)
    }

    private var status: String {
        let status = board.current
        if let reason = status.notReady.first { return "Not ready: \(reason)" }
        let graphs = status.inventory.entries.count
        let restarts = status.machine.inFlight.count
        return "Watching \(graphs) graph\(graphs == 1 ? "" : "s")"
            + (restarts == 0 ? "" : ", \(restarts) being restarted")
    }
}
