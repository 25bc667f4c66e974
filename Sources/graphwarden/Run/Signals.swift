import Agent
import Dispatch
import Glibc
import Synchronization

/// SIGTERM and SIGINT ask for an orderly end; the second one ends at once. SIGHUP asks for a reload
/// and must never kill the agent. SIGPIPE is what a closed connection raises.
struct Signals {
    private let sources: [any DispatchSourceSignal]

    /// To be called before anything else: a SIGHUP that comes before somebody takes it is then
    /// neither deadly nor lost. Blocking it would not do, because the main thread of an
    /// asynchronous program waits with an empty mask.
    static func holdHangups() {
        // Made before the handler may need it: a handler must not initialise anything.
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
                // From here on the source hears every signal; what came before was held.
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
