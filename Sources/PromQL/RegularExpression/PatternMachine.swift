/// Runs a program over a text with all paths side by side, in order of preference (Pike's way of
/// keeping captures). Time is that of program times text, whatever the pattern.
struct PatternMachine {
    private let program: PatternProgram
    private let slotCount: Int
    private var current: PathList
    private var following: PathList

    /// With no slots it tells only whether there is a match.
    init(_ program: PatternProgram, slotCount: Int) {
        self.program = program
        self.slotCount = slotCount
        current = PathList(program, slotCount)
        following = PathList(program, slotCount)
    }

    /// The slots of the leftmost match at or after `start`; -1 in those of captures without part.
    mutating func run(_ bytes: Span<UInt8>, from start: Int) -> [Int]? {
        current.removeAll()
        var found: [Int]?
        var position = start
        while true {
            let mayBegin = found == nil && (position == start || !program.startsAtTextStart)
            guard mayBegin || !current.isEmpty else { break }
            if mayBegin {
                var slots = Array(repeating: -1, count: slotCount)
                current.follow(program.start, &slots, bytes, position)
            }
            var next = position
            let scalar = position < bytes.count ? decodeScalar(bytes, at: &next) : nil
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

    /// Moves every path past the scalar. A path that is through ends those less preferred.
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

/// Places in the program, in order of preference, each with its captures.
private struct PathList {
    /// What is still to do when following the ways that consume nothing.
    private enum Work {
        case visit(Int)
        case restore(slot: Int, value: Int)
    }

    private let program: PatternProgram
    private let slotCount: Int
    private var places: [Int] = []
    private var slots: [Int] = []
    /// In which generation a place was entered last; emptying the list starts a new one.
    private var entered: [Int]
    private var generation = 1
    private var pending: [Work] = []

    init(_ program: PatternProgram, _ slotCount: Int) {
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

    /// Adds where the paths from `place` wait, the preferred first. A place that a preferred path
    /// has entered before is left out.
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
