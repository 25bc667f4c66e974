import Files
import Glibc

/// Time since the host was booted. It cannot be set.
enum BootClock {
    /// Changes with each boot. Empty if `/proc/sys` cannot be read; then each start counts as
    /// another boot.
    static let id: String = {
        let text = (try? TextFile.text("/proc/sys/kernel/random/boot_id")) ?? ""
        return String(text.prefix { $0 != "\n" })
    }()

    static func elapsed() -> Duration {
        var time = timespec()
        unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
