import Files
import Glibc

/// Time since the boot of the host: nobody can set it.
enum BootClock {
    /// Another one after each boot; empty where Linux' `/proc` is missing, and then every start
    /// counts as one on the same boot.
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
