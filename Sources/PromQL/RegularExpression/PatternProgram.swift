/// A pattern as a program for a machine that follows all its paths at once (Thompson 1968).
struct PatternProgram: Sendable {
    enum Instruction: Sendable {
        /// Goes on if the next scalar is in the set of this number.
        case consume(set: Int, next: Int)
        /// Goes both ways; what the first way finds is preferred.
        case split(preferred: Int, other: Int)
        case assert(PatternAssertion, next: Int)
        /// Notes the position.
        case save(slot: Int, next: Int)
        case accept
    }

    let instructions: [Instruction]
    let start: Int
    let alphabet: ScalarAlphabet
    let captureCount: Int
    /// Whether a match can begin nowhere but at the start of the text.
    let startsAtTextStart: Bool

    /// Enough for `.{1000}` a hundred times over; a program takes a few megabytes at the most.
    static let maximumInstructions = 100_000

    /// Nil when the program would be too large.
    init?(_ tree: PatternNode, captureCount: Int) {
        var builder = PatternProgramBuilder()
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

    /// Two for every capture, the whole match being the first.
    var slotCount: Int { captureCount * 2 }
}

/// Writes the program from its end to its start, so that the way on is always known.
/// Everything returns nil when the program grows too large.
struct PatternProgramBuilder {
    private(set) var instructions: [PatternProgram.Instruction] = []
    private(set) var sets: [ScalarSet] = []
    private var setNumbers: [ScalarSet: Int] = [:]

    mutating func add(_ instruction: PatternProgram.Instruction) -> Int? {
        guard instructions.count < PatternProgram.maximumInstructions else { return nil }
        instructions.append(instruction)
        return instructions.count - 1
    }

    /// Where the code for `node` starts, which goes on to `next`.
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
        // The split comes first, to be pointed at, and gets its ways when the body is known.
        guard let loop = add(.accept), let body = emit(inner, next: loop) else { return nil }
        instructions[loop] = split(into: body, past: next, isGreedy)
        if atLeastOnce { return body }
        // x* as (x+)? where x may be empty: only so is an empty x preferred to no x at all.
        return inner.matchesEmpty ? add(split(into: body, past: next, isGreedy)) : loop
    }

    private func split(
        into body: Int,
        past next: Int,
        _ isGreedy: Bool
    ) -> PatternProgram.Instruction {
        isGreedy
            ? .split(preferred: body, other: next) : .split(preferred: next, other: body)
    }
}
