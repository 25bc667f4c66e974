/// The numbers that om/metrics has of a node (GES API pages 0518 and 0560). The raw value is the
/// name in `overview`.
package enum NodeMetric: String, CaseIterable, Hashable, Sendable {
    case cpuUsed = "cpu_usage"
    case cpuUser = "cpu_usage_usr"
    case cpuSystem = "cpu_usage_sys"
    case cpuIOWait = "cpu_iowait"
    case memorySize = "mem_total"
    case memoryUsed = "mem_usage"
    case memoryFree = "mem_free"
    case diskSize = "disk_total"
    case diskUsedSize = "disk_used"
    case diskUsed = "disk_usage_avg"
    case diskRead = "disk_io_read"
    case diskWritten = "disk_io_write"
    case network = "network_io_rate"
    case swapSize = "swap_total"
    case swapFree = "swap_free"
    /// Its values are not documented.
    case hostState = "host_stat"

    /// What a disk of `disk_details` is read for. The reference lacks most of its fields; these are
    /// used if they have the names that they have in `overview`.
    static let ofDisk: [NodeMetric] = [
        .diskSize, .diskUsedSize, .diskUsed, .diskRead, .diskWritten,
    ]

    private enum Unit {
        case percent, gigabytes, kilobytesPerSecond, none
    }

    private var unit: Unit {
        switch self {
        case .cpuUsed, .cpuUser, .cpuSystem, .cpuIOWait, .diskUsed: .percent
        case .memorySize, .memoryUsed, .memoryFree, .diskSize, .diskUsedSize, .swapSize, .swapFree:
            .gigabytes
        case .diskRead, .diskWritten, .network: .kilobytesPerSecond
        case .hostState: .none
        }
    }

    /// The value in the base unit; nil if it cannot be one. Sizes are counted in powers of 1024, as
    /// by Cloud Eye.
    func converted(_ value: Double) -> Double? {
        guard value.isFinite, abs(value) <= Self.largest else { return nil }
        switch unit {
        case .none: return value
        case .percent: return value < 0 ? nil : (value / 100).asRatio
        case .gigabytes: return value < 0 ? nil : value * 1_073_741_824
        case .kilobytesPerSecond: return value < 0 ? nil : value * 1024
        }
    }

    /// No node has as many gigabytes.
    private static let largest = 1e9
}
