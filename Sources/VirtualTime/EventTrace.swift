import Synchronization

/// The events of a simulation, as lines. Two runs are equal if their hashes are; where they differ,
/// the kept lines show where.
package final class EventTrace: Sendable {
    private struct State {
        /// FNV-1a, 64 bits: Swift's own hashing differs from process to process.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        var count = 0
        var kept: [String] = []
        var keptMaximum = 1000

        mutating func mix(_ byte: UInt8) {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
    }

    private let state = Mutex(State())

    package init() {}

    /// Keeps up to this many lines from now on, dropping the oldest first.
    package func keep(_ maximum: Int) {
        state.withLock { $0.keptMaximum = max(0, maximum) }
    }

    package func record(_ line: String) {
        state.withLock { state in
            for byte in line.utf8 { state.mix(byte) }
            state.mix(0x0A)
            state.count += 1
            state.kept.append(line)
            // Dropping half at a time keeps the average cost of a record low.
            if state.kept.count > 2 * state.keptMaximum {
                state.kept.removeFirst(state.kept.count - state.keptMaximum)
            }
        }
    }

    package var hash: UInt64 { state.withLock { $0.hash } }
    /// Lines recorded, including dropped ones.
    package var count: Int { state.withLock { $0.count } }

    /// The newest lines, oldest first.
    package func newest(_ maximum: Int) -> [String] {
        state.withLock { Array($0.kept.suffix(min(maximum, $0.keptMaximum))) }
    }
}
