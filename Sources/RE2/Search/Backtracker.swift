/// Follows one path at a time, the preferred one first, and never visits an instruction twice at
/// the same position (the bit-state matcher of RE2).
///
/// A visit that failed once would fail again, so skipping it keeps the time linear. On a label
/// value this is much faster than `PikeMachine`, but it needs one bit for every pair of instruction
/// and position.
struct Backtracker {
    /// The maximum number of visited bits: 32 KiB.
    static let maximumBits = 256 * 1024

    private enum Work {
        case visit(place: Int, position: Int)
        case restore(slot: Int, value: Int)
    }

    private let program: Program
    private let positionCount: Int
    private var visited: [UInt64]
    private var slots: [Int]
    private var pending: [Work] = []

    /// nil if instructions times positions exceed the limit.
    init?(_ program: Program, slotCount: Int, _ bytes: Span<UInt8>) {
        positionCount = bytes.count + 1
        let bits = positionCount * program.instructions.count
        guard bits <= Backtracker.maximumBits else { return nil }
        self.program = program
        visited = Array(repeating: 0, count: bits / 64 + 1)
        slots = Array(repeating: -1, count: slotCount)
    }

    /// The slots of the leftmost match at or after `start`, in the form of `PikeMachine.run`.
    ///
    /// The visited bits are kept from one start position to the next: a visit that failed for one
    /// start fails for all.
    mutating func run(_ bytes: Span<UInt8>, from start: Int) -> [Int]? {
        var position = start
        while !tryMatch(bytes, at: position) {
            guard !program.startsAtTextStart, position < bytes.count else { return nil }
            _ = bytes.decodeScalar(at: &position)
        }
        return slots
    }

    private mutating func tryMatch(_ bytes: Span<UInt8>, at position: Int) -> Bool {
        pending.removeAll(keepingCapacity: true)
        pending.append(.visit(place: program.start, position: position))
        while let work = pending.popLast() {
            switch work {
            case .restore(let slot, let value): slots[slot] = value
            case .visit(let place, let position):
                if follow(bytes, place, position) { return true }
            }
        }
        return false
    }

    /// Follows one path to its end and leaves its alternatives in `pending`. Returns whether it
    /// accepts.
    private mutating func follow(_ bytes: Span<UInt8>, _ place: Int, _ position: Int) -> Bool {
        var (place, position) = (place, position)
        while enter(place, position) {
            switch program.instructions[place] {
            case .accept: return true
            case .consume(let set, let next):
                guard position < bytes.count else { return false }
                let number = program.alphabet.classNumber(of: bytes.decodeScalar(at: &position))
                guard program.alphabet.contains(set: set, class: number) else { return false }
                place = next
            case .split(let preferred, let other):
                pending.append(.visit(place: other, position: position))
                place = preferred
            case .assert(let assertion, let next):
                guard assertion.holds(in: bytes, at: position) else { return false }
                place = next
            case .save(let slot, let next):
                if slot < slots.count {
                    pending.append(.restore(slot: slot, value: slots[slot]))
                    slots[slot] = position
                }
                place = next
            }
        }
        return false
    }

    private mutating func enter(_ place: Int, _ position: Int) -> Bool {
        let bit = place * positionCount + position
        let mask: UInt64 = 1 << UInt64(bit & 63)
        guard visited[bit >> 6] & mask == 0 else { return false }
        visited[bit >> 6] |= mask
        return true
    }
}

extension Program {
    /// The slots of the leftmost match at or after `start`, by the faster matcher that fits.
    func firstMatch(in bytes: Span<UInt8>, from start: Int, slotCount: Int) -> [Int]? {
        firstMatch(in: bytes, from: start, slotCount: slotCount) { _ in }
    }

    /// - Parameter work: called now and then with the number of steps since the last call; throws
    ///   to end the match.
    func firstMatch<Failure: Error>(
        in bytes: Span<UInt8>,
        from start: Int,
        slotCount: Int,
        _ work: (Int) throws(Failure) -> Void
    ) throws(Failure) -> [Int]? {
        if var backtracker = Backtracker(self, slotCount: slotCount, bytes) {
            try work(stepCount(forBytes: bytes.count - start))
            return backtracker.run(bytes, from: start)
        }
        var machine = PikeMachine(self, slotCount: slotCount)
        return try machine.run(bytes, from: start, work)
    }
}
