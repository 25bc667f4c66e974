import Files
import Glibc

/// The standard process metrics, read from `/proc/self`. A value that cannot be read is absent
/// rather than wrong.
struct ProcessMetrics {
    var cpuSeconds: Double?
    var openFileDescriptors: Int?
    var maximumFileDescriptors: UInt64?
    var virtualMemoryBytes: UInt64?
    var virtualMemoryMaximumBytes: Double?
    var residentMemoryBytes: UInt64?
    var threads: Int?
    var networkReceiveBytes: UInt64?
    var networkTransmitBytes: UInt64?

    static func read() -> ProcessMetrics {
        var metrics = ProcessMetrics()
        metrics.readStat()
        metrics.readLimits()
        metrics.readNetwork()
        metrics.openFileDescriptors = openDescriptors()
        return metrics
    }

    /// Fields 14 and 15 (ticks), 20 (threads), 23 (bytes) and 24 (pages) of proc(5). Counted from
    /// the closing parenthesis of the command, field 2, because the command may contain spaces.
    private mutating func readStat() {
        guard let text = TextFile.read("/proc/self/stat"), let end = text.lastIndex(of: ")") else {
            return
        }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 21 else { return }
        let ticksPerSecond = Double(sysconf(Int32(_SC_CLK_TCK)))
        if let user = Double(fields[11]), let system = Double(fields[12]) {
            cpuSeconds = (user + system) / ticksPerSecond
        }
        threads = Int(fields[17])
        virtualMemoryBytes = UInt64(fields[20])
        residentMemoryBytes = UInt64(fields[21]).map { $0 * UInt64(sysconf(Int32(_SC_PAGESIZE))) }
    }

    private mutating func readLimits() {
        var limit = rlimit()
        if unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            maximumFileDescriptors = UInt64(limit.rlim_cur)
        }
        if unsafe getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 {
            // Prometheus' client libraries expose "no limit" as the largest unsigned integer.
            virtualMemoryMaximumBytes = Double(limit.rlim_cur)
        }
    }

    /// Sums all interfaces of the process' network namespace.
    private mutating func readNetwork() {
        guard let text = TextFile.read("/proc/self/net/dev") else { return }
        var received: UInt64 = 0
        var sent: UInt64 = 0
        for line in text.split(separator: "\n").dropFirst(2) {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let fields = parts[1].split(separator: " ")
            guard fields.count > 8 else { continue }
            received += UInt64(fields[0]) ?? 0
            sent += UInt64(fields[8]) ?? 0
        }
        networkReceiveBytes = received
        networkTransmitBytes = sent
    }

    private static func openDescriptors() -> Int? {
        guard let folder = unsafe opendir("/proc/self/fd") else { return nil }
        defer { unsafe closedir(folder) }
        var count = 0
        while unsafe readdir(folder) != nil { count += 1 }
        // Excluding the entries `.` and `..`, and the descriptor of this directory.
        return count - 3
    }
}
