/// The metrics of the namespace SYS.GES (GES API page 0149) that have a base unit. The raw value is
/// the name in Cloud Eye. The four metrics whose value is the type of a task are not read.
package enum CloudEyeMetric: String, CaseIterable, Hashable, Sendable {
    case vertexCapacityUsed = "ges001_vertex_util"
    case edgeCapacityUsed = "ges002_edge_util"
    case importRate = "ges003_average_import_rate"
    case requests = "ges004_request_count"
    case responseTimeAverage = "ges005_average_response_time"
    case responseTimeMin = "ges006_min_response_time"
    case responseTimeMax = "ges007_max_response_time"
    case readTasksPending = "ges008_read_task_pending_queue_size"
    case readTaskPendingMax = "ges009_read_task_pending_max_time"
    case readTasksRunning = "ges011_read_task_running_queue_size"
    case readTaskRunningMax = "ges012_read_task_running_max_time"
    case writeTasksPending = "ges014_write_task_pending_queue_size"
    case writeTaskPendingMax = "ges015_write_task_pending_max_time"
    case writeTasksRunning = "ges017_write_task_running_queue_size"
    case writeTaskRunningMax = "ges018_write_task_running_max_time"
    case cpuUsed = "ges020_computer_resource_usage"
    case memoryUsed = "ges021_memory_usage"
    case diskOperations = "ges022_iops"
    case networkReceived = "ges023_bytes_in"
    case networkTransmitted = "ges024_bytes_out"
    case diskUsed = "ges025_disk_usage"
    case diskSize = "ges026_disk_total_size"
    case diskUsedSize = "ges027_disk_used_size"
    case diskRead = "ges028_disk_read_throughput"
    case diskWritten = "ges029_disk_write_throughput"
    case diskReadTime = "ges030_avg_disk_sec_per_read"
    case diskWriteTime = "ges031_avg_disk_sec_per_write"
    case diskQueueLength = "ges032_avg_disk_queue_length"

    static let namespace = "SYS.GES"
    static let dimension = "instance_id"

    /// The unit that the reference documents. A value in another one cannot be converted.
    enum Unit: String {
        case percent = "%"
        case count = "count"
        case countPerSecond = "count/s"
        case milliseconds = "ms"
        case seconds = "s"
        case bytesPerSecond = "byte/s"
        case gigabytes = "gb"

        /// The value in the base unit. Cloud Eye counts sizes in powers of 1024.
        func base(_ value: Double) -> Double {
            switch self {
            case .percent: value / 100
            case .milliseconds: value / 1000
            case .gigabytes: value * 1_073_741_824
            case .count, .countPerSecond, .seconds, .bytesPerSecond: value
            }
        }
    }

    var unit: Unit {
        switch self {
        case .vertexCapacityUsed, .edgeCapacityUsed, .cpuUsed, .memoryUsed, .diskUsed: .percent
        case .importRate, .diskOperations: .countPerSecond
        case .requests, .readTasksPending, .readTasksRunning, .writeTasksPending,
            .writeTasksRunning, .diskQueueLength:
            .count
        case .responseTimeAverage, .responseTimeMin, .responseTimeMax, .readTaskPendingMax,
            .readTaskRunningMax, .writeTaskPendingMax, .writeTaskRunningMax:
            .milliseconds
        case .networkReceived, .networkTransmitted, .diskRead, .diskWritten: .bytesPerSecond
        case .diskSize, .diskUsedSize: .gigabytes
        case .diskReadTime, .diskWriteTime: .seconds
        }
    }

    /// Whether a word of the service means the documented unit. Its pages differ in capitals and
    /// plurals.
    func has(unit word: String) -> Bool {
        let word = word.lowercased()
        return word == unit.rawValue || word == Self.plurals[unit]
    }

    private static let plurals: [Unit: String] = [
        .count: "counts", .countPerSecond: "counts/s", .bytesPerSecond: "bytes/s",
    ]

    /// The value in the base unit; nil if it cannot be one. A ratio may be off by rounding, so one
    /// that is slightly above 1 counts as 1.
    func converted(_ value: Double) -> Double? {
        guard value.isFinite, value >= 0 else { return nil }
        let converted = unit.base(value)
        guard converted.isFinite else { return nil }
        return unit == .percent ? converted.asRatio : converted
    }
}

extension Double {
    /// At most 1: what is slightly above it is off by rounding. Nil for what is no ratio.
    var asRatio: Double? { self <= 1.01 ? min(self, 1) : nil }
}
