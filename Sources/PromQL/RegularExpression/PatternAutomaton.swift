/// A deterministic automaton that answers whether a whole text matches: one table look-up per
/// scalar.
///
/// Built at once and within limits, so that it never changes and any number of threads may share
/// it. Patterns that exceed the limits, or assert more than the ends of the text, have none.
struct PatternAutomaton: Sendable {
    private static let maximumStates = 1024
    private static let maximumTransitions = 65_536
    /// No path leads on from here.
    private static let dead = 0

    private let alphabet: ScalarAlphabet
    /// By state, then class.
    private let transitions: [UInt16]
    private let acceptsAtEnd: [Bool]
    /// Whether all that can follow is accepted.
    private let acceptsAnything: [Bool]
    private let start: Int

    func matches(_ text: String) -> Bool {
        let bytes = text.utf8.span
        var state = start
        var position = 0
        while position < bytes.count {
            if state == PatternAutomaton.dead { return false }
            if acceptsAnything[state] { return true }
            let number = alphabet.classNumber(of: decodeScalar(bytes, at: &position))
            state = Int(transitions[state * alphabet.classCount + number])
        }
        return acceptsAtEnd[state]
    }

    init?(_ program: PatternProgram) {
        var builder = AutomatonBuilder(program)
        let classCount = program.alphabet.classCount
        guard builder.isPossible, let start = builder.number(ofPaths: builder.startPaths) else {
            return nil
        }
        var transitions = Array(repeating: UInt16(PatternAutomaton.dead), count: classCount)
        var state = 1
        while state < builder.states.count {
            guard builder.states.count <= PatternAutomaton.maximumStates,
                transitions.count <= PatternAutomaton.maximumTransitions
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

/// Finds the states of the automaton: each is a set of places in the program.
private struct AutomatonBuilder {
    struct State: Hashable {
        /// The instructions where the paths wait for a scalar or for the end, ascending.
        let waiting: [Int]
        let acceptsAtEnd: Bool
    }

    let program: PatternProgram
    /// The first has no paths at all.
    private(set) var states = [State(waiting: [], acceptsAtEnd: false)]
    private var numbers: [State: Int] = [State(waiting: [], acceptsAtEnd: false): 0]
    private var visited: [Int]
    private var generation = 0
    /// The work that building may take, in instructions looked at.
    private var budget = 4_000_000

    init(_ program: PatternProgram) {
        self.program = program
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
        for index in states[state].waiting {
            guard case .consume(let set, let next) = program.instructions[index],
                program.alphabet.contains(set: set, class: number)
            else { continue }
            reached.append(next)
        }
        return self.number(ofPaths: follow(reached, atStart: false))
    }

    /// Where the paths wait, and whether one is through when the text ends here.
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
