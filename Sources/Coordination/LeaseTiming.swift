/// The timing of leases. The margins follow the rule that an agent which cannot renew its lease
/// must stop acting before the store lets another one take over:
/// renew interval + 2 x timeout <= step-down < time to live.
package struct LeaseTiming: Hashable, Sendable {
    /// After so long without a renewal the store ends the lease.
    package var timeToLive: Duration

    package init(timeToLive: Duration) {
        self.timeToLive = timeToLive
    }

    /// Between two renewals.
    package var renewInterval: Duration { timeToLive / 3 }
    /// From the start of the last successful renewal: what comes later is not sent.
    package var stepDown: Duration { timeToLive * 2 / 3 }
    /// Of one request.
    package var timeout: Duration { timeToLive / 6 }
    /// Between two looks at what the others have published.
    package var lookInterval: Duration {
        min(max(timeToLive / 10, .milliseconds(100)), .seconds(2))
    }

    package static let standard = LeaseTiming(timeToLive: .seconds(30))
    package static let allowed = Duration.seconds(3)...(.seconds(300))
}
