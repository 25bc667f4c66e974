import Series

/// How close an answer must be to what is expected.
package struct Tolerance: Hashable, Sendable {
    /// The difference allowed, relative to the sum of both magnitudes.
    package var relative: Double

    /// What Prometheus' own tests allow.
    package static let standard = Tolerance(relative: 1e-6)
    package static let exact = Tolerance(relative: 0)

    package init(relative: Double) {
        self.relative = relative
    }

    package func accepts(_ actual: Double, for expected: Double) -> Bool {
        // The staleness marker is no NaN like others.
        if Staleness.isMarker(actual) || Staleness.isMarker(expected) {
            return actual.bitPattern == expected.bitPattern
        }
        if actual.isNaN || expected.isNaN { return actual.isNaN && expected.isNaN }
        if actual == expected { return true }
        let difference = (actual - expected).magnitude
        // Next to zero only what is nearly zero is close.
        if actual == 0 || expected == 0 || difference < .leastNormalMagnitude {
            return difference < relative * .leastNormalMagnitude
        }
        let sum = min(actual.magnitude + expected.magnitude, .greatestFiniteMagnitude)
        return difference / sum < relative
    }
}
