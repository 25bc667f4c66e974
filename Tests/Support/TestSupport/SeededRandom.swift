/// SplitMix64 (Steele, Lea and Flood, 2014): the same numbers for the same seed on every machine,
/// so that a failure can be reproduced from its seed.
package struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: some BinaryInteger) {
        state = UInt64(truncatingIfNeeded: seed)
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// At least 0 and less than `limit`, which must be positive.
    package mutating func number(below limit: Int) -> Int {
        Int(next() % UInt64(limit))
    }

    /// At least 0 and less than 1.
    package mutating func fraction() -> Double {
        Double(next() >> 11) / 0x1p53
    }

    /// True with this probability, from 0 to 1.
    package mutating func chance(_ probability: Double) -> Bool {
        fraction() < probability
    }

    /// One of the elements, of which there must be at least one.
    package mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[number(below: elements.count)]
    }

    /// `count` different elements, in any order.
    package mutating func pick<Element>(_ count: Int, of elements: [Element]) -> [Element] {
        var rest = elements
        return (0..<count).map { _ in rest.remove(at: number(below: rest.count)) }
    }

    /// Whole seconds.
    package mutating func seconds(_ range: ClosedRange<Int64>) -> Duration {
        .seconds(Int64.random(in: range, using: &self))
    }
}
