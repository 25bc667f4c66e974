import Agent
import Dispatch
import Glibc
import Synchronization

/// Signal handling of the process.
///
/// SIGTERM and SIGINT request an orderly shutdown; a second one exits immediately. SIGHUP requests
/// a reload and must never kill the agent. SIGPIPE is ignored: a write to a closed connection
/// returns an error instead.
struct Signals {
    private let sources: [any DispatchSourceSignal]

    /// Holds a SIGHUP until `init` installs its handler, so that an early one neither kills the
    /// agent nor is lost. Must be called first. Blocking the signal does not work, because the main
    /// thread of an asynchronous program waits with an empty signal mask.
    static func holdHangups() {
        // Initialises the global here, because a signal handler must not do it.
        heldHangup.store(false, ordering: .sequentiallyConsistent)
        signal(SIGHUP) { _ in heldHangup.store(true, ordering: .sequentiallyConsistent) }
    }

    init(stop: StopSignal, onHangup: @escaping @Sendable () -> Void) {
        signal(SIGPIPE, SIG_IGN)
        let count = SignalCount()
        let onEnd: @Sendable () -> Void = {
            if count.next() > 1 { exit(1) }
            stop.request()
        }
        let queue = DispatchQueue(label: "graphwarden.signals")
        sources = [(SIGHUP, onHangup), (SIGTERM, onEnd), (SIGINT, onEnd)].map { number, action in
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler(handler: action)
            if number == SIGHUP {
                // From now on the source receives every signal. Deliver one that was held before.
                source.setRegistrationHandler {
                    let wasHeld = heldHangup.exchange(false, ordering: .sequentiallyConsistent)
                    if wasHeld { onHangup() }
                }
            }
            source.resume()
            return source
        }
    }

    func end() {
        for source in sources { source.cancel() }
    }
}

private let heldHangup = Atomic<Bool>(false)

private final class SignalCount: Sendable {
    private let count = Atomic<Int>(0)

    func next() -> Int {
        count.add(1, ordering: .relaxed).newValue
    }
}
