package import Time

/// Compares the wall clock with elapsed time, which cannot be set, and with the clock of the
/// gateway. A value: readings in, findings out.
///
/// The machine stores moments of the wall clock. Every finding says by how much to shift them, so
/// that the remaining time of each wait stays the same.
package struct ClockWatch: Sendable {
    /// Steps up to this size are ignored: every grace period is longer.
    package static let tolerance = Duration.seconds(5)
    /// The gateway validates signatures by its own clock. The search for an unknown outcome allows
    /// for one minute (see `Timing.landingBound`).
    package static let gatewayTolerance = Duration.seconds(60)

    private let bootID: String
    /// Wall clock minus elapsed time when stored moments were last shifted.
    private var base: Duration
    /// The wall clock is wrong before this moment, because an earlier boot has seen it.
    package private(set) var earliest: Timestamp?
    /// How far the gateway's clock is ahead of ours; nil while unknown.
    package private(set) var gatewayOffset: Duration?
    /// The clock was set and has not been compared with the gateway's since.
    private var wasSet = false
    /// The host was booted since the last record and the gateway has not confirmed its clock yet.
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
        // Elapsed times of different boots cannot be compared. Without an id every start may be
        // another boot.
        let isSameBoot =
            !reading.bootID.isEmpty && recorded.bootID == reading.bootID
            && reading.elapsed >= recorded.elapsed
        guard isSameBoot else { return passBoot(reading, recorded) }
        earliest = recorded.earliest
        base = recorded.wall - Timestamp(milliseconds: 0) - recorded.elapsed
        return jump(reading)
    }

    private init(_ reading: ClockReading) {
        bootID = reading.bootID
        base = reading.base
    }

    /// The downtime of the host is unknown, but its clock cannot have gone back. If it has, the
    /// time in between does not count.
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

    /// By how much the wall clock was set since the last call; nil if it was not.
    package mutating func jump(_ reading: ClockReading) -> Duration? {
        if let moment = earliest, reading.wall >= moment { earliest = nil }
        let jump = reading.base - base
        guard jump.isBeyond(Self.tolerance) else { return nil }
        base = reading.base
        gatewayOffset = nil
        wasSet = true
        return jump
    }

    /// Compares with the time of the gateway. A clock that agrees with it is right, whatever an
    /// earlier boot has seen. If the clock was ahead since the boot, the time since then does not
    /// count.
    ///
    /// - Returns: by how much to shift stored moments; nil if they need not be shifted.
    package mutating func learn(gatewayOffset offset: Duration) -> Duration? {
        gatewayOffset = offset
        wasSet = false
        if !offset.isBeyond(Self.gatewayTolerance) { earliest = nil }
        defer { isUnconfirmed = false }
        let isAhead = offset < .zero && offset.isBeyond(Self.gatewayTolerance)
        return isUnconfirmed && isAhead ? .zero - offset : nil
    }

    /// The clocks to store with the decisions of a step.
    package func record(_ reading: ClockReading) -> ClockMoment {
        ClockMoment(
            bootID: bootID,
            elapsed: reading.elapsed,
            wall: reading.wall,
            earliest: earliest
        )
    }

    /// Whether the clock may differ from those of other hosts.
    package var isDoubtful: Bool { wasSet || !reasons.isEmpty }

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
