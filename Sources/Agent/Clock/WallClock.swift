import Glibc
import Series
package import Time

/// The calendar clock, for timestamps, signatures and logs. Everything below the loop takes time as
/// an argument.
package enum WallClock {
    package static func now() -> Timestamp {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(
            milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
        )
    }
}
