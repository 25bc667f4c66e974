/// A pattern compiled to the instructions of a nondeterministic finite automaton (Thompson 1968).
/// Instructions refer to each other by index.
struct Program: Sendable {
    enum Instruction: Sendable {
        /// Consumes the next scalar if it is in the set with this number.
        case consume(set: Int, next: Int)
        /// Continues at both; a match through `preferred` wins.
        case split(preferred: Int, other: Int)
        case assert(Assertion, next: Int)
        /// Stores the current position in a slot.
        case save(slot: Int, next: Int)
        case accept
    }

    let instructions: [Instruction]
    let start: Int
    let alphabet: ScalarAlphabet
    let captureCount: Int
    /// Whether a match can start only at the start of the text.
    let startsAtTextStart: Bool

    /// Bounds a program to a few megabytes; enough for almost a hundred times `.{1000}`.
    static let maximumInstructions = 100_000

    /// nil if the program would be too large.
    init?(_ tree: PatternNode, captureCount: Int) {
        var builder = ProgramBuilder()
        guard let accept = builder.add(.accept),
            let end = builder.add(.save(slot: 1, next: accept)),
            let body = builder.emit(tree, next: end),
            let start = builder.add(.save(slot: 0, next: body))
        else { return nil }
        guard let alphabet = ScalarAlphabet(sets: builder.sets) else { return nil }
        instructions = builder.instructions
        self.start = start
        self.captureCount = captureCount
        self.alphabet = alphabet
        startsAtTextStart =
            if case .assert(.textStart, _) = builder.instructions[body] { true } else { false }
    }

    var byteCount: Int {
        instructions.count * MemoryLayout<Instruction>.stride + alphabet.byteCount
    }

    /// The maximum number of steps that a match of a text of so many bytes takes.
    func stepCount(forBytes count: Int) -> Int { instructions.count * (count + 1) }

    /// Each capture has a start and an end; capture 0 is the whole match.
    var slotCount: Int { captureCount * 2 }
}

/// Emits a program from its end to its start, so that the successor of an instruction is always
/// known.
///
/// All functions return nil once the program is too large.
struct ProgramBuilder {
    private(set) var instructions: [Program.Instruction] = []
    private(set) var sets: [ScalarSet] = []
    private var setNumbers: [ScalarSet: Int] = [:]

    mutating func add(_ instruction: Program.Instruction) -> Int? {
        guard instructions.count < Program.maximumInstructions else { return nil }
        instructions.append(instruction)
        return instructions.count - 1
    }

    /// Emits the code for `node` that continues at `next`. Returns its start.
    mutating func emit(_ node: PatternNode, next: Int) -> Int? {
        switch node {
        case .empty: return next
        case .scalar(let set): return add(.consume(set: number(of: set), next: next))
        case .assertion(let assertion): return add(.assert(assertion, next: next))
        case .concatenation(let parts):
            var next: Int? = next
            for part in parts.reversed() { next = next.flatMap { emit(part, next: $0) } }
            return next
        case .alternation(let choices): return emitAlternation(choices, next)
        case .capture(let number, let inner):
            return add(.save(slot: number * 2 + 1, next: next))
                .flatMap { emit(inner, next: $0) }
                .flatMap { add(.save(slot: number * 2, next: $0)) }
        case .repetition(let inner, let minimum, let maximum, let isGreedy):
            return emitRepetition(inner, minimum, maximum, isGreedy, next)
        }
    }

    private mutating func number(of set: ScalarSet) -> Int {
        if let known = setNumbers[set] { return known }
        sets.append(set)
        setNumbers[set] = sets.count - 1
        return sets.count - 1
    }

    private mutating func emitAlternation(_ choices: [PatternNode], _ next: Int) -> Int? {
        var entry: Int?
        for choice in choices.reversed() {
            guard let start = emit(choice, next: next) else { return nil }
            if let others = entry {
                guard let split = add(.split(preferred: start, other: others)) else { return nil }
                entry = split
            } else {
                entry = start
            }
        }
        return entry
    }

    private mutating func emitRepetition(
        _ inner: PatternNode,
        _ minimum: Int,
        _ maximum: Int?,
        _ isGreedy: Bool,
        _ next: Int
    ) -> Int? {
        var entry: Int? = next
        if let maximum {
            // x{2,4} is xx(x(x)?)?
            for _ in minimum..<max(minimum, maximum) {
                entry = entry.flatMap { emit(inner, next: $0) }
                    .flatMap { add(split(into: $0, past: next, isGreedy)) }
            }
        } else {
            entry = emitLoop(inner, atLeastOnce: minimum > 0, isGreedy, next)
        }
        let mandatory = maximum == nil ? max(minimum - 1, 0) : minimum
        for _ in 0..<mandatory { entry = entry.flatMap { emit(inner, next: $0) } }
        return entry
    }

    private mutating func emitLoop(
        _ inner: PatternNode,
        atLeastOnce: Bool,
        _ isGreedy: Bool,
        _ next: Int
    ) -> Int? {
        // A placeholder for the split: the body refers to it, but the split refers to the body.
        guard let loop = add(.accept), let body = emit(inner, next: loop) else { return nil }
        instructions[loop] = split(into: body, past: next, isGreedy)
        if atLeastOnce { return body }
        // If x can match the empty text, x* is compiled as (x+)?. Only then does an empty x win
        // over no x, as in Go.
        return inner.matchesEmpty ? add(split(into: body, past: next, isGreedy)) : loop
    }

    private func split(
        into body: Int,
        past next: Int,
        _ isGreedy: Bool
    ) -> Program.Instruction {
        isGreedy
            ? .split(preferred: body, other: next) : .split(preferred: next, other: body)
    }
}
