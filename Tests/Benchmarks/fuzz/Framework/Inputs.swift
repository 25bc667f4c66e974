import TestSupport

/// Inputs, each derived from seed and number alone, so that any of them can be repeated. The first
/// ones are the seeds of the corpus, unchanged.
struct Inputs: Sendable {
    let target: Target
    let corpus: Corpus
    let seed: UInt64

    func input(_ number: Int) -> [UInt8] {
        if corpus.seeds.indices.contains(number - 1) { return corpus.seeds[number - 1] }
        var random = SeededRandom(seed: seed ^ UInt64(number) &* 0xd134_2543_de82_ef95)
        var mutation = Mutation(random: random, seeds: corpus.seeds, tokens: target.tokens)
        var bytes: [UInt8]
        if let grammar = target.grammar, mutation.random.chance(0.5) {
            random = SeededRandom(seed: random.next())
            bytes = Array(grammar(&random).utf8)
            if mutation.random.chance(0.5) { mutation.apply(to: &bytes) }
        } else {
            bytes = mutation.random.pick(corpus.seeds)
            mutation.apply(to: &bytes)
        }
        // Rare, because long inputs take long: they show what grows faster than its input.
        if mutation.random.number(below: 400) == 0 {
            mutation.inflate(&bytes, to: target.limits.inputBytes)
        }
        return Array(bytes.prefix(target.limits.inputBytes))
    }
}
