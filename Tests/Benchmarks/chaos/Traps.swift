import Glibc
import NIOCore
import Synchronization

/// The traps that wait for the request of a restart, and those that were sprung.
final class Traps: Sendable {
    struct Sprung: Sendable {
        let trap: Trap
        let agent: Int
        let relay: Relay
        let milliseconds: Int
    }

    private struct State {
        var armed: [(trap: Trap, milliseconds: Int)] = []
        var sprung: [Sprung] = []
    }

    private let state = Mutex(State())

    func arm(_ trap: Trap, milliseconds: Int) {
        state.withLock { $0.armed.append((trap, milliseconds)) }
    }

    func disarm() {
        state.withLock { $0.armed = [] }
    }

    /// Those since the last call, whose effects the round has to end.
    func takeSprung() -> [Sprung] {
        state.withLock { state in
            defer { state.sprung = [] }
            return state.sprung
        }
    }

    /// Called with what an agent sends, before it passes.
    func spring(
        on bytes: ByteBuffer,
        in relay: Relay,
        fromAgent agent: Int,
        _ process: ProcessHandle
    ) {
        guard Self.isRestart(bytes) else { return }
        let found = state.withLock { state -> Trap? in
            guard !state.armed.isEmpty else { return nil }
            let (trap, milliseconds) = state.armed.removeFirst()
            state.sprung.append(
                Sprung(trap: trap, agent: agent, relay: relay, milliseconds: milliseconds)
            )
            return trap
        }
        switch found {
        case nil: break
        case .kill: process.signal(SIGKILL)
        case .freeze: process.signal(SIGSTOP)
        case .loseAnswer: relay.set(.deaf)
        case .hold: relay.set(.silent)
        case .holdAndKill:
            relay.set(.silent)
            process.signal(SIGKILL)
        case .reset: relay.set(.cut)
        }
    }

    private static func isRestart(_ bytes: ByteBuffer) -> Bool {
        let head = String(decoding: bytes.readableBytesView.prefix(400), as: UTF8.self)
        guard let line = head.split(separator: "\r\n").first else { return false }
        return line.hasPrefix("POST ") && line.contains("restart")
    }
}
