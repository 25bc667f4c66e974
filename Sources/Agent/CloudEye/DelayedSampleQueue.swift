import API
import Cycle
import Synchronization

/// Samples that wait for the next step. Bounded: whoever reads them waits for room.
final class DelayedSampleQueue: Sendable {
    static let capacity = 50_000
    /// A step takes no more, so that it stays short. A step of 10,000 graphs costs as much as so many
    /// samples, so fewer are no reason for one: the next poll or evaluation takes them.
    static let samplesPerStep = 25_000

    private struct State {
        var samples: [DelayedSample] = []
        /// Samples of an earlier generation are of another cloud.
        var generation = 0
    }

    private let state = Mutex(State())
    /// Set while more wait than one step takes.
    private let backlog: AsyncEvent

    init(backlog: AsyncEvent) {
        self.backlog = backlog
    }

    func hasRoom(for count: Int) -> Bool {
        state.withLock { $0.samples.count + count <= Self.capacity }
    }

    /// Returns how many did not fit.
    func put(_ samples: [DelayedSample], generation: Int) -> Int {
        let refused = state.withLock { state in
            guard state.generation == generation else { return 0 }
            let room = max(0, Self.capacity - state.samples.count)
            state.samples += samples.prefix(room)
            return max(0, samples.count - room)
        }
        if isBacklogged { backlog.set() }
        return refused
    }

    /// Removes and returns the oldest samples, as many as a step takes.
    func take() -> [DelayedSample] {
        let taken = state.withLock { state in
            let taken = Array(state.samples.prefix(Self.samplesPerStep))
            state.samples.removeFirst(taken.count)
            return taken
        }
        if isBacklogged { backlog.set() }
        return taken
    }

    var isBacklogged: Bool { state.withLock { $0.samples.count >= Self.samplesPerStep } }

    /// Drops everything, and what is put of earlier generations from now on.
    func startOver(generation: Int) {
        state.withLock { $0 = State(samples: [], generation: generation) }
    }
}
