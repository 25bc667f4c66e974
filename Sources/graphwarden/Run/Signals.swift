import Agent
import Dispatch
import Glibc
import Synchronization

/// SIGTERM and SIGINT ask for an orderly end; the second one ends at once. SIGHUP must never kill
/// the agent: service units send it to ask for a reload. SIGPIPE is what a closed connection
/// raises.
struct Signals {
    private let sources: [any DispatchSourceSignal]

    init(stop: StopSignal) {
        for number in [SIGHUP, SIGPIPE, SIGTERM, SIGINT] { signal(number, SIG_IGN) }
        let queue = DispatchQueue(label: "graphwarden.signals")
        let count = SignalCount()
        sources = [SIGTERM, SIGINT].map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                if count.next() > 1 { exit(1) }
                stop.request()
            }
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
