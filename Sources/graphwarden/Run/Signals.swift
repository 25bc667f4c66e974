import Agent
import Dispatch
import Glibc
import Synchronization

/// Signal handling of the process.
///
/// SIGTERM and SIGINT request a graceful shutdown; a second one exits immediately. SIGHUP requests
/// a reload and must never kill the agent. SIGPIPE is ignored, so that writing to a closed
/// connection returns an error instead of killing the process.
struct Signals {
    private let sources: [any DispatchSourceSignal]

    /// Holds a SIGHUP until `init` installs its handler, so that an early one neither kills the
    /// agent nor gets lost. Must be called first. Blocking the signal does not work, because the
    /// main thread of an asynchronous program waits with an empty signal mask.
    static func holdHangups() {
        // Initialize the global now: its lazy initialization is not async-signal-safe.
        heldHangup.store(false, ordering: .sequentiallyConsistent)
        signal(SIGHUP) { _ in heldHangup.store(true, ordering: .sequentiallyConsistent) }
    }

    /// - Parameters:
    ///   - onStop: called with the first SIGTERM or SIGINT.
    ///   - onSecond: called with every further one; ends the process.
    init(
        stop: StopSignal,
        onHangup: @escaping @Sendable () -> Void,
        onStop: @escaping @Sendable () -> Void = {},
        onSecond: @escaping @Sendable () -> Void = { exit(1) }
    ) {
        signal(SIGPIPE, SIG_IGN)
        let count = SignalCount()
        let onEnd: @Sendable () -> Void = {
            guard count.next() == 1 else { return onSecond() }
            stop.request()
            onStop()
        }
        let queue = DispatchQueue(label: "graphwarden.signals")
        sources = [(SIGHUP, onHangup), (SIGTERM, onEnd), (SIGINT, onEnd)].map { number, action in
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler(handler: action)
            if number == SIGHUP {
                // From now on the source receives every signal. Deliver a held one.
                source.setRegistrationHandler {
                    let wasHeld = heldHangup.exchange(false, ordering: .sequentiallyConsistent)
                    if wasHeld { onHangup() }
                }
            }
            source.resume()
            return source
        }
    }

    /// Stops handling signals and releases what the handlers captured.
    func end() {
        for source in sources { source.cancel() }
    }
}

private let heldHangup = Atomic<Bool>(false)

/// Shared by SIGTERM and SIGINT: one of each also counts as two.
private final class SignalCount: Sendable {
    private let count = Atomic<Int>(0)

    func next() -> Int {
        count.add(1, ordering: .relaxed).newValue
    }
}
