import Workbench

/// One row of the table.
struct Observation {
    let elapsedSeconds: Double
    let reading: ProcessReading
    /// Polls since the agent started.
    let cycles: Double

    static let heading =
        "seconds".right(8) + "RSS MB".right(9) + "PSS MB".right(9) + "descriptors".right(13)
        + "sockets".right(9) + "threads".right(9) + "CPU s".right(9) + "polls".right(9)

    var line: String {
        let proportional = reading.proportionalKilobytes.map { (Double($0) / 1024).text(1) } ?? "-"
        return elapsedSeconds.text(0).right(8) + reading.residentMegabytes.text(1).right(9)
            + proportional.right(9) + "\(reading.descriptors)".right(13)
            + "\(reading.sockets)".right(9) + "\(reading.threads)".right(9)
            + reading.cpuSeconds.text(1).right(9) + cycles.text(0).right(9)
    }
}

/// Whether memory, descriptors and threads stayed flat: after a warm-up of a quarter of the run,
/// the median of the last third is compared with that of the first.
struct Flatness {
    /// How much higher one third may be. Memory: the allocator keeps what a burst once needed.
    /// Descriptors: hanging graphs hold connections until their timeout.
    private static let memoryGrowthMaximum = 0.05
    private static let memorySlackMegabytes = 2.0
    private static let descriptorSlack = 16.0
    private static let threadSlack = 2.0

    let isFlat: Bool
    let lines: [String]

    init(_ observations: [Observation]) {
        let settled = Array(observations.dropFirst(observations.count / 4))
        let third = max(1, settled.count / 3)
        func thirds(_ value: (Observation) -> Double) -> (first: Double, last: Double) {
            (settled.prefix(third).map(value).median, settled.suffix(third).map(value).median)
        }
        let memory = thirds { $0.reading.residentMegabytes }
        let descriptors = thirds { Double($0.reading.descriptors) }
        let threads = thirds { Double($0.reading.threads) }
        let memoryBound =
            memory.first * (1 + Self.memoryGrowthMaximum) + Self.memorySlackMegabytes
        let checks = [
            ("memory (MB)", memory, memoryBound),
            ("descriptors", descriptors, descriptors.first + Self.descriptorSlack),
            ("threads", threads, threads.first + Self.threadSlack),
        ]
        isFlat = settled.count >= 9 && checks.allSatisfy { $0.1.last <= $0.2 }
        lines =
            checks.map { name, thirds, bound in
                "\(name): median of the first third \(thirds.first.text(1)), of the last"
                    + " \(thirds.last.text(1)), bound \(bound.text(1))"
            } + [
                settled.count < 9
                    ? "FAIL: too short to tell"
                    : isFlat ? "PASS: flat" : "FAIL: something grows"
            ]
    }
}
