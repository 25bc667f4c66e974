import Foundation
import Time

extension [Double] {
    /// 0 when empty.
    package var median: Double {
        guard !isEmpty else { return 0 }
        let sorted = sorted()
        let middle = count / 2
        return count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}

extension Double {
    package func text(_ decimals: Int) -> String {
        String(format: "%.\(decimals)f", self)
    }
}

extension String {
    package func right(_ width: Int) -> String {
        String(repeating: " ", count: Swift.max(0, width - count)) + self
    }

    package func left(_ width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }
}

/// Prints a line at once, even if the output is a pipe.
package func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

/// The wall-clock seconds that some work takes.
package func elapsed(_ work: () throws -> Void) rethrows -> Double {
    try ContinuousClock().measure(work).inSeconds
}

/// The CPU seconds that some work takes, which are largely independent of other processes.
package func processorTime(_ work: () throws -> Void) rethrows -> Double {
    let before = processorSeconds
    try work()
    return processorSeconds - before
}

private var processorSeconds: Double {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// The least-squares line.
package struct Line {
    package let slope: Double

    package init(through points: [(x: Double, y: Double)]) {
        let count = Double(points.count)
        let (meanX, meanY) = (
            points.reduce(0) { $0 + $1.x } / count, points.reduce(0) { $0 + $1.y } / count
        )
        let products = points.reduce(0) { $0 + ($1.x - meanX) * ($1.y - meanY) }
        let squares = points.reduce(0) { $0 + ($1.x - meanX) * ($1.x - meanX) }
        slope = products / squares
    }
}
