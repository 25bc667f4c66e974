/// A deterministic finite automaton that decides whether a whole text matches, with one table
/// lookup per scalar.
///
/// Unlike the lazy DFA of RE2 it is built completely before its first use, within limits. So it is
/// immutable, and threads share it without a lock. Patterns that exceed the limits, or that use
/// assertions other than the ends of the text, have no automaton.
struct Automaton: Sendable {
    private static let maximumStates = 1024
    private static let maximumTransitions = 65_536
    private static let maximumVisits = 4_000_000
    /// The state without a way out: no continuation matches.
    private static let dead = 0

    private let alphabet: ScalarAlphabet
    /// Indexed by state, then class.
    private let transitions: [UInt16]
    private let acceptsAtEnd: [Bool]
    /// Whether the state accepts every continuation, so that the rest of the text need not be read.
    private let acceptsAnything: [Bool]
    private let start: Int

    func matches(_ text: String) -> Bool {
        let bytes = text.utf8.span
        var state = start
        var position = 0
        while position < bytes.count {
            if state == Automaton.dead { return false }
            if acceptsAnything[state] { return true }
            let number = alphabet.classNumber(of: bytes.decodeScalar(at: &position))
            state = Int(transitions[state * alphabet.classCount + number])
        }
        return acceptsAtEnd[state]
    }

    var byteCount: Int {
        transitions.count * 2 + acceptsAtEnd.count * 2 + alphabet.byteCount
    }

    /// - Parameter visits: of instructions; what the construction takes is subtracted.
    init?(_ program: Program, visits: inout Int) {
        var builder = AutomatonBuilder(program, budget: min(visits, Self.maximumVisits))
        let granted = builder.budget
        defer { visits -= granted - builder.budget }
        let classCount = program.alphabet.classCount
        guard builder.isPossible, let start = builder.number(ofPaths: builder.startPaths) else {
            return nil
        }
        var transitions = Array(repeating: UInt16(Automaton.dead), count: classCount)
        var state = 1
        while state < builder.states.count {
            guard builder.states.count <= Automaton.maximumStates,
                transitions.count <= Automaton.maximumTransitions
            else { return nil }
            for number in 0..<classCount {
                guard let next = builder.state(after: state, class: number) else { return nil }
                transitions.append(UInt16(next))
            }
            state += 1
        }
        alphabet = program.alphabet
        self.transitions = transitions
        self.start = start
        let accepting = builder.states.map(\.acceptsAtEnd)
        acceptsAtEnd = accepting
        acceptsAnything = accepting.indices.map { state in
            let ways = transitions[(state * classCount)..<((state + 1) * classCount)]
            return accepting[state] && ways.allSatisfy { Int($0) == state }
        }
    }
}

/// The subset construction: each state of the automaton is a set of instructions of the program.
private struct AutomatonBuilder {
    struct State: Hashable {
        /// The instructions at which paths wait to consume a scalar, in ascending order, so that
        /// equal sets are equal states.
        let waiting: [Int]
        let acceptsAtEnd: Bool
    }

    let program: Program
    /// The first state, `Automaton.dead`, has no paths.
    private(set) var states = [State(waiting: [], acceptsAtEnd: false)]
    private var numbers: [State: Int] = [State(waiting: [], acceptsAtEnd: false): 0]
    private var visited: [Int]
    private var generation = 0
    /// The remaining number of instruction visits. Bounds the build time: a subset construction can
    /// take exponentially many steps.
    private(set) var budget: Int

    init(_ program: Program, budget: Int) {
        self.program = program
        self.budget = budget
        visited = Array(repeating: 0, count: program.instructions.count)
    }

    var isPossible: Bool {
        program.instructions.allSatisfy { instruction in
            guard case .assert(let assertion, _) = instruction else { return true }
            return assertion == .textStart || assertion == .textEnd
        }
    }

    struct Paths {
        var waiting: [Int]
        var acceptsAtEnd: Bool
    }

    var startPaths: Paths {
        mutating get { follow([program.start], atStart: true) }
    }

    mutating func number(ofPaths paths: Paths) -> Int? {
        guard budget > 0 else { return nil }
        let state = State(waiting: paths.waiting.sorted(), acceptsAtEnd: paths.acceptsAtEnd)
        if let known = numbers[state] { return known }
        numbers[state] = states.count
        states.append(state)
        return states.count - 1
    }

    mutating func state(after state: Int, class number: Int) -> Int? {
        var reached: [Int] = []
        budget -= states[state].waiting.count / 8
        for index in states[state].waiting {
            guard case .consume(let set, let next) = program.instructions[index],
                program.alphabet.contains(set: set, class: number)
            else { continue }
            reached.append(next)
        }
        return self.number(ofPaths: follow(reached, atStart: false))
    }

    /// The instructions at which the paths from `places` wait, and whether one accepts if the text
    /// ends here.
    private mutating func follow(_ places: [Int], atStart: Bool) -> Paths {
        let waiting = reach(places, atStart: atStart, atEnd: false)
        let ending = reach(places, atStart: atStart, atEnd: true)
        let accepts = ending.contains { index in
            if case .accept = program.instructions[index] { true } else { false }
        }
        return Paths(
            waiting: waiting.filter { index in
                if case .consume = program.instructions[index] { true } else { false }
            },
            acceptsAtEnd: accepts
        )
    }

    private mutating func reach(_ places: [Int], atStart: Bool, atEnd: Bool) -> [Int] {
        generation += 1
        var reached: [Int] = []
        var pending = places
        while let index = pending.popLast() {
            guard visited[index] != generation else { continue }
            visited[index] = generation
            budget -= 1
            switch program.instructions[index] {
            case .split(let preferred, let other): pending += [preferred, other]
            case .save(_, let next): pending.append(next)
            case .assert(.textStart, let next): if atStart { pending.append(next) }
            case .assert(.textEnd, let next): if atEnd { pending.append(next) }
            case .assert: break
            case .consume, .accept: reached.append(index)
            }
        }
        return reached
    }
}
