import Agent
import Dispatch
import Glibc
import Synchronization

/// SIGTERM and SIGINT ask for an orderly end; the second one ends at once. SIGHUP asks for a reload
/// and must never kill the agent. SIGPIPE is what a closed connection raises.
struct Signals {
    private let sources: [any DispatchSourceSignal]

    /// To be called before anything else, while there is one thread: those that come later inherit
    /// its mask. A signal that is blocked waits until somebody takes it, so that one that comes
    /// during the start is neither deadly nor lost.
    static func holdHangups() {
        block([SIGHUP])
    }

    private static func block(_ numbers: [Int32]) {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for number in numbers { unsafe sigaddset(&set, number) }
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    init(stop: StopSignal, onHangup: @escaping @Sendable () -> Void) {
        signal(SIGPIPE, SIG_IGN)
        Self.block([SIGHUP, SIGTERM, SIGINT])
        let count = SignalCount()
        let onEnd: @Sendable () -> Void = {
            if count.next() > 1 { exit(1) }
            stop.request()
        }
        let queue = DispatchQueue(label: "graphwarden.signals")
        sources = [(SIGHUP, onHangup), (SIGTERM, onEnd), (SIGINT, onEnd)].map { number, action in
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler(handler: action)
            source.resume()
            return source
        }
    }

    func end() {
        for source in sources { source.cancel() }
    }
}

private final class SignalCount: Sendable {
    private let count = Atomic<Int>(0)

    func next() -> Int {
        count.add(1, ordering: .relaxed).newValue
    }
}
