/// What compiling patterns may cost, all patterns of one expression together. One pattern alone
/// takes at most some megabytes, but a client can write hundreds of them into one request.
package struct PatternBudget: Sendable {
    /// The maximum memory of the compiled patterns. Those of the largest rules in public
    /// collections take some ten thousand bytes.
    package static let maximumBytes = 8 << 20

    private var remainingBytes = PatternBudget.maximumBytes
    /// The visits of instructions that building automata may take. Without any left, patterns are
    /// matched by the general machine, which needs no preparation.
    var visits = 16_000_000

    package init() {}

    mutating func charge(_ bytes: Int, _ pattern: String) throws(RegularExpressionError) {
        remainingBytes -= bytes
        guard remainingBytes >= 0 else {
            throw RegularExpressionError(
                reason: .tooLargeTogether,
                fragment: String(decoding: pattern.utf8.prefix(200), as: UTF8.self)
            )
        }
    }
}
