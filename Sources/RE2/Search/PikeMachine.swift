/// Follows all paths of a program in parallel, in order of preference, each with its captures
/// (Pike's extension of Thompson's machine).
///
/// Time is proportional to program times text and memory to the program, whatever the pattern and
/// the text.
struct PikeMachine {
    private let program: Program
    private let slotCount: Int
    private var current: PathList
    private var following: PathList

    /// - Parameter slotCount: the number of slots to record. With 0, the result only says whether
    ///   there is a match.
    init(_ program: Program, slotCount: Int) {
        self.program = program
        self.slotCount = slotCount
        current = PathList(program, slotCount)
        following = PathList(program, slotCount)
    }

    /// The number of steps between two calls of `work`.
    private static let interval = 1 << 16

    /// The slots of the leftmost match at or after `start`; -1 for captures that took no part.
    ///
    /// - Parameter work: called now and then with the number of steps since the last call; throws
    ///   to end the match.
    mutating func run<Failure: Error>(
        _ bytes: Span<UInt8>,
        from start: Int,
        _ work: (Int) throws(Failure) -> Void
    ) throws(Failure) -> [Int]? {
        current.removeAll()
        var steps = program.instructions.count
        var found: [Int]?
        var position = start
        while true {
            let mayBegin = found == nil && (position == start || !program.startsAtTextStart)
            guard mayBegin || !current.isEmpty else { break }
            if mayBegin {
                var slots = Array(repeating: -1, count: slotCount)
                current.follow(program.start, &slots, bytes, position)
            }
            steps += 1 + current.count * (1 + slotCount)
            if steps >= Self.interval {
                try work(steps)
                steps = 0
            }
            var next = position
            let scalar = position < bytes.count ? bytes.decodeScalar(at: &next) : nil
            if let match = step(over: scalar, bytes, to: next) {
                found = match
                if slotCount == 0 { break }
            }
            guard scalar != nil else { break }
            swap(&current, &following)
            position = next
        }
        return found
    }

    /// Advances every path past the scalar. An accepting path discards the less preferred ones.
    private mutating func step(
        over scalar: UInt32?,
        _ bytes: Span<UInt8>,
        to position: Int
    ) -> [Int]? {
        following.removeAll()
        let number = scalar.map(program.alphabet.classNumber)
        for path in 0..<current.count {
            switch program.instructions[current.place(path)] {
            case .consume(let set, let next):
                guard let number, program.alphabet.contains(set: set, class: number) else {
                    continue
                }
                var slots = current.slots(ofPath: path)
                following.follow(next, &slots, bytes, position)
            case .accept: return current.slots(ofPath: path)
            case .split, .assert, .save: continue
            }
        }
        return nil
    }
}

/// The instructions that paths have reached, in order of preference, each with its captures.
private struct PathList {
    /// Pending work while following instructions that consume nothing. An explicit stack, because a
    /// program can be deeper than the call stack.
    private enum Work {
        case visit(Int)
        case restore(slot: Int, value: Int)
    }

    private let program: Program
    private let slotCount: Int
    private var places: [Int] = []
    private var slots: [Int] = []
    /// The generation in which each instruction was last entered. Clearing the list increments the
    /// generation, which is cheaper than resetting the array for every scalar.
    private var entered: [Int]
    private var generation = 1
    private var pending: [Work] = []

    init(_ program: Program, _ slotCount: Int) {
        self.program = program
        self.slotCount = slotCount
        entered = Array(repeating: 0, count: program.instructions.count)
    }

    var isEmpty: Bool { places.isEmpty }
    var count: Int { places.count }

    func place(_ path: Int) -> Int { places[path] }

    func slots(ofPath path: Int) -> [Int] {
        Array(slots[(path * slotCount)..<((path + 1) * slotCount)])
    }

    mutating func removeAll() {
        places.removeAll(keepingCapacity: true)
        slots.removeAll(keepingCapacity: true)
        generation += 1
    }

    /// Adds the instructions at which the paths from `place` wait, in order of preference.
    /// Instructions that a preferred path has entered are skipped.
    mutating func follow(
        _ place: Int,
        _ slots: inout [Int],
        _ bytes: Span<UInt8>,
        _ position: Int
    ) {
        pending.append(.visit(place))
        while let work = pending.popLast() {
            switch work {
            case .restore(let slot, let value): slots[slot] = value
            case .visit(let place) where entered[place] != generation:
                entered[place] = generation
                visit(place, &slots, bytes, position)
            case .visit: continue
            }
        }
    }

    private mutating func visit(
        _ place: Int,
        _ slots: inout [Int],
        _ bytes: Span<UInt8>,
        _ position: Int
    ) {
        switch program.instructions[place] {
        case .split(let preferred, let other):
            pending.append(.visit(other))
            pending.append(.visit(preferred))
        case .assert(let assertion, let next):
            if assertion.holds(in: bytes, at: position) { pending.append(.visit(next)) }
        case .save(let slot, let next):
            if slot < slotCount {
                pending.append(.restore(slot: slot, value: slots[slot]))
                slots[slot] = position
            }
            pending.append(.visit(next))
        case .consume, .accept:
            places.append(place)
            self.slots += slots
        }
    }
}
