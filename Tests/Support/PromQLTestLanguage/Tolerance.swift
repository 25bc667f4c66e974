import Series

/// How close a result must be to the expected value.
package struct Tolerance: Hashable, Sendable {
    /// The greatest difference allowed, relative to the sum of both magnitudes.
    package var relative: Double

    /// The tolerance of Prometheus' own tests.
    package static let standard = Tolerance(relative: 1e-6)
    package static let exact = Tolerance(relative: 0)

    package init(relative: Double) {
        self.relative = relative
    }

    package func accepts(_ actual: Double, for expected: Double) -> Bool {
        // The staleness marker is a NaN with its own meaning, distinct from other NaNs.
        if Staleness.isMarker(actual) || Staleness.isMarker(expected) {
            return actual.bitPattern == expected.bitPattern
        }
        if actual.isNaN || expected.isNaN { return actual.isNaN && expected.isNaN }
        if actual == expected { return true }
        let difference = (actual - expected).magnitude
        // Near zero a relative difference is meaningless, so only values near zero are close.
        if actual == 0 || expected == 0 || difference < .leastNormalMagnitude {
            return difference < relative * .leastNormalMagnitude
        }
        let sum = min(actual.magnitude + expected.magnitude, .greatestFiniteMagnitude)
        return difference / sum < relative
    }
}
