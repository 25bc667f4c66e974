import API
import Cycle
import Synchronization

/// What is read beside the polls in one piece.
protocol DelayedPiece: Sendable {
    var sampleCount: Int { get }
}

extension DelayedSample: DelayedPiece {
    var sampleCount: Int { 1 }
}

extension NodeReading: DelayedPiece {
    var sampleCount: Int { samples.count }
}

/// The limits of every `DelayedQueue`, in samples.
enum DelayedQueueLimits {
    static let capacity = 50_000
    /// A step takes no more, or one piece, so that it stays short.
    static let samplesPerStep = 25_000
    /// How long to wait before looking again whether the steps have made room.
    static let roomInterval = Duration.milliseconds(200)
}

/// Samples that wait for the next step. Bounded: whoever reads them waits for room.
final class DelayedQueue<Piece: DelayedPiece>: Sendable {
    private struct State {
        var pieces: [Piece] = []
        var samples = 0
        /// Samples of an earlier generation are of another cloud.
        var generation = 0

        /// How many of the next pieces have at most that many samples together.
        func count(of pieces: [Piece], within maximum: Int) -> (pieces: Int, samples: Int) {
            var taken = (pieces: 0, samples: 0)
            for piece in pieces {
                guard taken.samples + piece.sampleCount <= maximum else { break }
                taken = (taken.pieces + 1, taken.samples + piece.sampleCount)
            }
            return taken
        }
    }

    private let state = Mutex(State())
    /// Set while more wait than one step takes.
    private let backlog: AsyncEvent

    init(backlog: AsyncEvent) {
        self.backlog = backlog
    }

    /// Whether that many more samples fit.
    func hasRoom(for count: Int) -> Bool {
        state.withLock { $0.samples + count <= DelayedQueueLimits.capacity }
    }

    /// Returns how many pieces did not fit.
    func put(_ pieces: [Piece], generation: Int) -> Int {
        let refused = state.withLock { state in
            guard state.generation == generation else { return 0 }
            let room = max(0, DelayedQueueLimits.capacity - state.samples)
            let fitting = state.count(of: pieces, within: room)
            state.pieces += pieces.prefix(fitting.pieces)
            state.samples += fitting.samples
            return pieces.count - fitting.pieces
        }
        if isBacklogged { backlog.set() }
        return refused
    }

    /// Removes and returns the oldest pieces, as many as a step takes.
    func take() -> [Piece] {
        let taken = state.withLock { state in
            var next = state.count(of: state.pieces, within: DelayedQueueLimits.samplesPerStep)
            if next.pieces == 0, let first = state.pieces.first {
                next = (1, first.sampleCount)
            }
            let taken = Array(state.pieces.prefix(next.pieces))
            state.pieces.removeFirst(next.pieces)
            state.samples -= next.samples
            return taken
        }
        if isBacklogged { backlog.set() }
        return taken
    }

    var isBacklogged: Bool {
        state.withLock { $0.samples >= DelayedQueueLimits.samplesPerStep }
    }

    /// Drops everything, and what is put of earlier generations from now on.
    func startOver(generation: Int) {
        state.withLock { $0 = State(generation: generation) }
    }
}
