package import Diagnosis

/// A storm as a reason to hold: the numbers that people need to judge it.
package struct StormReport: Hashable, Sendable {
    package var level: StormLevel
    /// How many graphs count now.
    package var sick: Int
    /// From how many on it began.
    package var threshold: Int
    /// Whether everything that answered before is silent.
    package var isTotal: Bool
    /// nil for the whole fleet.
    package var path: Path?

    package init(
        _ level: StormLevel,
        sick: Int,
        threshold: Int,
        isTotal: Bool = false,
        path: Path? = nil
    ) {
        self.level = level
        self.sick = sick
        self.threshold = threshold
        self.isTotal = isTotal
        self.path = path
    }

    init(_ storm: Storm) {
        self.init(
            storm.level,
            sick: storm.sick,
            threshold: storm.threshold,
            isTotal: storm.isTotal,
            path: storm.path
        )
    }
}

extension StormReport: CustomStringConvertible {
    package var description: String {
        let place = path.map { " on the path \($0)" } ?? ""
        let all = isTotal ? "; everything that answered before is silent" : ""
        if sick < threshold {
            let was = "a storm from \(threshold) sick graphs on has not settled\(place): "
            let graphs = "\(sick) newly sick"
            return was + graphs + (level == .soft ? "; a person must approve" : "")
        }
        let begin = "a storm of \(sick) sick graphs\(place): from \(threshold) on "
        let rest =
            level == .hard
            ? "nothing is restarted, because a common cause is likely" : "a person must approve"
        return begin + rest + all
    }
}
