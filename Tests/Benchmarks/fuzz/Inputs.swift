import TestSupport
import Workbench

/// Texts to parse, each derived from its number alone, so that any of them can be reproduced.
struct Inputs {
    let seed: UInt64

    func text(_ number: Int) -> String {
        var random = SeededRandom(seed: seed ^ UInt64(number) &* 0xd134_2543_de82_ef95)
        switch random.number(below: 10) {
        case 0...3: return grammatical(&random)
        case 4...6: return damaged(&random)
        case 7, 8: return soup(&random)
        default: return nested(&random)
        }
    }

    private func grammatical(_ random: inout SeededRandom) -> String {
        var grammar = Grammar(random: SeededRandom(seed: random.next()))
        return grammar.expression()
    }

    /// Bytes replaced, removed, inserted and repeated; invalid UTF-8 is repaired as at every input
    /// boundary.
    private func damaged(_ random: inout SeededRandom) -> String {
        var bytes = Array(grammatical(&random).utf8)
        for _ in 0...random.number(below: 4) {
            let place = random.number(below: bytes.count + 1)
            switch random.number(below: 4) {
            case 0: bytes.insert(UInt8(random.number(below: 256)), at: place)
            case 1: bytes.insert(contentsOf: Array(random.pick(Vocabulary.tokens).utf8), at: place)
            case 2 where place < bytes.count: bytes[place] = UInt8(random.number(below: 256))
            case 3 where place < bytes.count:
                let end = min(bytes.count, place + random.number(below: 12))
                if random.chance(0.5) {
                    bytes.removeSubrange(place..<end)
                } else {
                    bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
                }
            default: break
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func soup(_ random: inout SeededRandom) -> String {
        (0..<random.number(below: 24)).map { _ in
            random.pick(Vocabulary.tokens) + random.pick(["", " "])
        }.joined()
    }

    /// One piece repeated: input that would make a naive parser recurse or hang. Mostly short; one
    /// in a thousand is longer than any expression may be.
    private func nested(_ random: inout SeededRandom) -> String {
        let piece = random.pick([
            "(", "-", "a+", "a^", "sum(", "abs(", "a[1m:][", "[", "{", "a{x=\"", "1^-", "a or ",
            "a[(", "a[-", "sum by (a) (", "\"", "\\", "a offset ", "1_", "1h", ")", "}",
        ])
        let count = random.number(below: 1000) == 0 ? 40_000 : random.number(below: 420)
        let middle = random.pick(["a", "1", "", "a[1m]"])
        return String(repeating: piece, count: count) + middle
            + String(repeating: random.pick([")", "", "]", "}"]), count: count)
    }
}
