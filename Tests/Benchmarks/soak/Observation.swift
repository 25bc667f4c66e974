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
/// the last third is compared with the first. Of memory the medians are compared. Of descriptors
/// and threads the greatest: outages close connections, so a median depends on how many outages
/// fall into a third, while a leak raises the greatest as well.
struct Flatness {
    /// How much higher the last third may be. Memory: the allocator keeps what a burst once needed.
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
        func thirds(
            _ summary: ([Double]) -> Double,
            _ value: (Observation) -> Double
        ) -> (first: Double, last: Double) {
            (summary(settled.prefix(third).map(value)), summary(settled.suffix(third).map(value)))
        }
        func greatest(_ values: [Double]) -> Double { values.max() ?? 0 }
        let memory = thirds(\.median) { $0.reading.residentMegabytes }
        let descriptors = thirds(greatest) { Double($0.reading.descriptors) }
        let threads = thirds(greatest) { Double($0.reading.threads) }
        let memoryBound =
            memory.first * (1 + Self.memoryGrowthMaximum) + Self.memorySlackMegabytes
        let checks = [
            ("median of memory (MB)", memory, memoryBound),
            ("most descriptors", descriptors, descriptors.first + Self.descriptorSlack),
            ("most threads", threads, threads.first + Self.threadSlack),
        ]
        isFlat = settled.count >= 9 && checks.allSatisfy { $0.1.last <= $0.2 }
        lines =
            checks.map { name, thirds, bound in
                "\(name): \(thirds.first.text(1)) in the first third, \(thirds.last.text(1)) in"
                    + " the last, bound \(bound.text(1))"
            } + [
                settled.count < 9
                    ? "FAIL: too short to tell"
                    : isFlat ? "PASS: flat" : "FAIL: something grows"
            ]
    }
}
