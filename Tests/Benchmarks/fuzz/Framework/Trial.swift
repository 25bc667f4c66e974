/// Tries inputs of one target in this process.
struct Trial {
    let limits: Target.Limits
    let check: Target.Check
    private(set) var tally = Tally()

    init(_ target: Target) async throws {
        limits = target.limits
        check = try await target.prepare()
    }

    /// - Returns: what the input breaks.
    mutating func run(_ input: [UInt8]) async -> Broken? {
        let (seconds, megabytes) = (Meter.seconds, Meter.peakMegabytes)
        let (reading, broken) = await verdict(of: input)
        if reading == .accepted { tally.accepted += 1 }
        let cost = (seconds: Meter.seconds - seconds, memory: Meter.peakMegabytes - megabytes)
        tally.inputs += 1
        tally.seconds += cost.seconds
        tally.slowest = max(tally.slowest, cost.seconds)
        tally.megabytes = max(tally.megabytes, Meter.peakMegabytes)
        tally.load = max(tally.load, cost.seconds / limits.seconds(forBytes: input.count))
        if let broken { return broken }
        if cost.seconds > limits.seconds(forBytes: input.count) { return await slow(input) }
        if cost.memory > limits.megabytes(forBytes: input.count) {
            return Broken("memory", "\(Int(cost.memory)) MB for \(input.count) bytes")
        }
        return nil
    }

    /// Tries an input again, while it is reduced.
    func fails(_ input: [UInt8], like broken: Broken) async -> Bool {
        switch broken.property {
        case "time": return await slow(input) != nil
        case "memory":
            Meter.resetPeak()
            let before = Meter.peakMegabytes
            _ = await verdict(of: input)
            return Meter.peakMegabytes - before > limits.megabytes(forBytes: input.count)
        default: return await verdict(of: input).broken?.property == broken.property
        }
    }

    private func verdict(of input: [UInt8]) async -> (reading: Reading?, broken: Broken?) {
        do {
            return (try await check(input), nil)
        } catch let broken as Broken {
            return (nil, broken)
        } catch {
            return (nil, Broken("unexpected error", "\(error)"))
        }
    }

    /// Measures again, because a page fault or an interrupt may have taken the time.
    private func slow(_ input: [UInt8]) async -> Broken? {
        var least = Double.infinity
        for _ in 0..<3 {
            let before = Meter.seconds
            _ = await verdict(of: input)
            least = min(least, Meter.seconds - before)
            if least <= limits.seconds(forBytes: input.count) { return nil }
        }
        return Broken("time", "\(Int(least * 1000)) ms for \(input.count) bytes")
    }
}
