package import Time

/// Watches the wall clock against the elapsed time, which nobody can set, and against the clock of
/// the gateway. A value: readings in, findings out.
///
/// What the machine remembers is kept as moments of the wall clock. Every finding says by how much
/// they have to move, so that what is left of each wait stays what it was.
package struct ClockWatch: Sendable {
    /// A step this small is below every grace that counts.
    package static let tolerance = Duration.seconds(5)
    /// The gateway refuses signatures by its own clock; one minute is what an unknown outcome
    /// allows for (see `Timing.landingBound`).
    package static let gatewayTolerance = Duration.seconds(60)

    private let bootID: String
    /// The wall clock less the elapsed time, as it was when moments were last moved.
    private var base: Duration
    /// The wall clock is not to be believed before this moment: an earlier boot has seen it.
    package private(set) var earliest: Timestamp?
    /// How far the gateway's clock is ahead of ours; nil while it has not told.
    package private(set) var gatewayOffset: Duration?
    /// The host was booted since the last record, and nobody has confirmed its clock yet.
    private var isUnconfirmed = false

    /// - Parameter recorded: the newest reading on disk, of this boot or an earlier one.
    /// - Returns: the watch, and by how much the clock was set since; nil if it was not.
    package static func begin(
        _ reading: ClockReading,
        since recorded: ClockMoment?
    ) -> (watch: ClockWatch, jump: Duration?) {
        var watch = ClockWatch(reading)
        let jump = recorded.flatMap { watch.goOn(from: $0, reading) }
        return (watch, jump)
    }

    private mutating func goOn(
        from recorded: ClockMoment,
        _ reading: ClockReading
    ) -> Duration? {
        guard recorded.bootID == reading.bootID else { return passBoot(reading, recorded) }
        earliest = recorded.earliest
        base = recorded.wall - Timestamp(milliseconds: 0) - recorded.elapsed
        return jump(reading)
    }

    private init(_ reading: ClockReading) {
        bootID = reading.bootID
        base = reading.base
    }

    /// How long the host was down is not known, but its clock cannot have gone back. Where it has,
    /// the time in between does not count.
    private mutating func passBoot(
        _ reading: ClockReading,
        _ recorded: ClockMoment
    ) -> Duration? {
        let wall = reading.wall
        let latest = max(recorded.wall, recorded.earliest ?? recorded.wall)
        let isBehind = wall + Self.tolerance < latest
        if isBehind { earliest = latest }
        isUnconfirmed = !isBehind
        return isBehind || recorded.wall < latest ? wall - recorded.wall : nil
    }

    /// By how much the wall clock was set since the last time; nil if it was not.
    package mutating func jump(_ reading: ClockReading) -> Duration? {
        if let moment = earliest, reading.wall >= moment { earliest = nil }
        let jump = reading.base - base
        guard jump.isBeyond(Self.tolerance) else { return nil }
        base = reading.base
        gatewayOffset = nil
        return jump
    }

    /// The gateway has told the time. A clock on which both agree is right, whatever an earlier
    /// boot has seen; one that was ahead from the boot on has let no time pass that counts.
    ///
    /// - Returns: by how much remembered moments have to move; nil if they need not.
    package mutating func learn(gatewayOffset offset: Duration) -> Duration? {
        gatewayOffset = offset
        if !offset.isBeyond(Self.gatewayTolerance) { earliest = nil }
        defer { isUnconfirmed = false }
        let isAhead = offset < .zero && offset.isBeyond(Self.gatewayTolerance)
        return isUnconfirmed && isAhead ? .zero - offset : nil
    }

    /// To be written with what the cycle decided.
    package func record(_ reading: ClockReading) -> ClockMoment {
        ClockMoment(
            bootID: bootID,
            elapsed: reading.elapsed,
            wall: reading.wall,
            earliest: earliest
        )
    }

    /// What is wrong with the clock now.
    package var reasons: [DetectOnlyReason] {
        var reasons: [DetectOnlyReason] = []
        if let earliest { reasons.append(.clockBehind(earliest)) }
        if let gatewayOffset, gatewayOffset.isBeyond(Self.gatewayTolerance) {
            reasons.append(.clockDiffers(by: gatewayOffset))
        }
        return reasons
    }
}

extension ClockReading {
    fileprivate var base: Duration { wall - Timestamp(milliseconds: 0) - elapsed }
}

extension Duration {
    fileprivate func isBeyond(_ limit: Duration) -> Bool {
        self > limit || self < .zero - limit
    }
}
