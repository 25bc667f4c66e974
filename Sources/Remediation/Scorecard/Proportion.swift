/// A share of a few cases, with the bounds between which the true share lies with 95 % confidence
/// (Wilson's score interval: it stays within 0 and 1, and holds for few cases too).
package struct Proportion: Hashable, Sendable {
    package let count: Int
    package let total: Int

    /// nil without cases: a share of nothing says nothing.
    package init?(_ count: Int, of total: Int) {
        guard total > 0, (0...total).contains(count) else { return nil }
        self.count = count
        self.total = total
    }

    package var value: Double { Double(count) / Double(total) }
    package var lowerBound: Double { count == 0 ? 0 : max(0, center - spread) }
    package var upperBound: Double { count == total ? 1 : min(1, center + spread) }

    /// The quantile of the normal distribution that leaves 2.5 % on either side.
    private static let quantile = 1.959_963_984_540_054

    private var center: Double {
        let (n, square) = (Double(total), Self.quantile * Self.quantile)
        return (value + square / (2 * n)) / (1 + square / n)
    }

    private var spread: Double {
        let (n, square) = (Double(total), Self.quantile * Self.quantile)
        let variance = value * (1 - value) / n + square / (4 * n * n)
        return Self.quantile * variance.squareRoot() / (1 + square / n)
    }

    /// In percent, never rounded up: what falls short must not look as if it did not.
    package static func percent(_ share: Double) -> String {
        // A product such as 289.99999999999994 is 290.
        let tenths = Int((share * 1000 + 1e-9).rounded(.down))
        return tenths % 10 == 0 ? "\(tenths / 10) %" : "\(tenths / 10).\(tenths % 10) %"
    }
}
