import PromQL
import TestSupport

extension Targets {
    /// Whatever can be parsed parses from its normal form to the same expression.
    static let promQL: Target = {
        var target = Target("promql", tokens: Vocabulary.tokens) { input in
            let text = String(decoding: input, as: UTF8.self)
            let read: PromQL.Expression
            do {
                read = try PromQL.Expression.parse(text, options: .experimental)
            } catch {
                try Message.check("\(error)")
                return .refused
            }
            let printed = read.description
            let again: PromQL.Expression
            do {
                again = try PromQL.Expression.parse(printed, options: .experimental)
            } catch {
                throw Broken("normal form is unreadable", "\(printed): \(error)")
            }
            guard again == read, again.description == printed else {
                throw Broken("normal form differs", "\(printed) reads back as \(again)")
            }
            return .accepted
        }
        target.grammar = { random in
            switch random.number(below: 10) {
            case 0...6:
                var grammar = Grammar(random: random)
                return grammar.expression()
            case 7, 8: return Vocabulary.soup(&random)
            default: return Vocabulary.nested(&random)
            }
        }
        return target
    }()
}

extension Vocabulary {
    fileprivate static func soup(_ random: inout SeededRandom) -> String {
        (0..<random.number(below: 24)).map { _ in
            random.pick(tokens) + random.pick(["", " "])
        }.joined()
    }

    /// One piece repeated: input that would make a naive parser recurse or hang.
    fileprivate static func nested(_ random: inout SeededRandom) -> String {
        let piece = random.pick([
            "(", "-", "a+", "a^", "sum(", "abs(", "a[1m:][", "[", "{", "a{x=\"", "1^-", "a or ",
            "a[(", "a[-", "sum by (a) (", "\"", "\\", "a offset ", "1_", "1h", ")", "}",
        ])
        let count = random.number(below: 420)
        let middle = random.pick(["a", "1", "", "a[1m]"])
        return String(repeating: piece, count: count) + middle
            + String(repeating: random.pick([")", "", "]", "}"]), count: count)
    }
}
