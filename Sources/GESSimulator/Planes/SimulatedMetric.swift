import Time

/// The metrics of SYS.GES, and their values for a simulated graph at a given time.
struct SimulatedMetric: Sendable {
    let name: String
    let unit: String
    private let value: @Sendable (Reading) -> Double

    private init(
        _ name: String,
        _ unit: String,
        _ value: @escaping @Sendable (Reading) -> Double
    ) {
        self.name = name
        self.unit = unit
        self.value = value
    }

    static let namespace = "SYS.GES"
    /// Raw values are a minute apart.
    static let rawPeriod: Duration = .seconds(60)

    /// nil if Cloud Eye has no value, as for graphs that are not up.
    func value(of graph: SimulatedGraph, at instant: Timestamp) -> Double? {
        guard graph.status(at: instant).isRestartable, graph.created <= instant else { return nil }
        return value(Reading(graph, at: instant))
    }

    static func named(_ name: String) -> SimulatedMetric? {
        all.first { $0.name == name }
    }

    /// The inputs from which the metrics are computed.
    private struct Reading {
        let graph: SimulatedGraph
        let now: Timestamp
        let isUnresponsive: Bool
        let oldestTask: SimulatedTask?
        /// 0 to 9, different every minute, but deterministic.
        let wobble: Double

        init(_ graph: SimulatedGraph, at instant: Timestamp) {
            self.graph = graph
            now = instant
            isUnresponsive = graph.hangClass(at: instant) == .unresponsive
            oldestTask = graph.tasks.first { $0.begin <= instant && $0.isRunning(at: instant) }
            let minute = instant.milliseconds.flooredDivision(by: 60_000).quotient
            var generator = SeededGenerator(seed: UInt64(bitPattern: minute))
            wobble = Double(generator.next() % 10)
        }

        var isStalled: Bool {
            if case .stalled = oldestTask?.course { true } else { false }
        }

        var taskMilliseconds: Double {
            oldestTask.map { Double(now.milliseconds - $0.begin.milliseconds) } ?? 0
        }

        /// The code of the running task's type (GES API page 0149).
        var taskType: Double {
            switch oldestTask?.type {
            case "ImportGraph": 402
            case "ExportGraph": 406
            case "ClearGraph": 401
            case nil: 100
            default: 700
            }
        }

        /// Requests waiting behind a stalled task, one more every ten seconds.
        var waiting: Double {
            isStalled ? min(100, taskMilliseconds / 10_000).rounded(.down) : 0
        }

        func quiet(_ value: Double) -> Double { isUnresponsive ? 0 : value }
    }

    static let all: [SimulatedMetric] = [
        SimulatedMetric("ges001_vertex_util", "%") { _ in 12.5 },
        SimulatedMetric("ges002_edge_util", "%") { _ in 17.25 },
        SimulatedMetric("ges003_average_import_rate", "count/s") { reading in
            reading.taskType == 402 && !reading.isStalled ? 52_000 + 100 * reading.wobble : 0
        },
        SimulatedMetric("ges004_request_count", "count") { $0.quiet(120 + $0.wobble) },
        SimulatedMetric("ges005_average_response_time", "ms") { $0.quiet(12 + $0.wobble) },
        SimulatedMetric("ges006_min_response_time", "ms") { $0.quiet(1) },
        SimulatedMetric("ges007_max_response_time", "ms") { $0.quiet(80 + $0.wobble) },
        SimulatedMetric("ges008_read_task_pending_queue_size", "count") {
            $0.isUnresponsive ? 100 : 0
        },
        SimulatedMetric("ges009_read_task_pending_max_time", "ms") { _ in 0 },
        SimulatedMetric("ges010_pending_max_time_read_task_type", "") { _ in 100 },
        SimulatedMetric("ges011_read_task_running_queue_size", "count") { $0.quiet(1) },
        SimulatedMetric("ges012_read_task_running_max_time", "ms") { $0.quiet(40 + $0.wobble) },
        SimulatedMetric("ges013_running_max_time_read_task_type", "") { _ in 100 },
        SimulatedMetric("ges014_write_task_pending_queue_size", "count") { $0.waiting },
        SimulatedMetric("ges015_write_task_pending_max_time", "ms") { $0.waiting * 10_000 },
        SimulatedMetric("ges016_pending_max_time_write_task_type", "") { _ in 201 },
        SimulatedMetric("ges017_write_task_running_queue_size", "count") {
            $0.oldestTask == nil ? 0 : 1
        },
        SimulatedMetric("ges018_write_task_running_max_time", "ms") { $0.taskMilliseconds },
        SimulatedMetric("ges019_running_max_time_write_task_type", "") { $0.taskType },
        SimulatedMetric("ges020_computer_resource_usage", "%") { reading in
            reading.oldestTask == nil ? 10 + reading.wobble : 85 + reading.wobble
        },
        SimulatedMetric("ges021_memory_usage", "%") { 40 + $0.wobble },
        SimulatedMetric("ges022_iops", "count/s") { $0.quiet(30 + $0.wobble) },
        SimulatedMetric("ges023_bytes_in", "Byte/s") { $0.quiet(40_000) },
        SimulatedMetric("ges024_bytes_out", "Byte/s") { $0.quiet(90_000) },
        SimulatedMetric("ges025_disk_usage", "%") { _ in 23.5 },
        SimulatedMetric("ges026_disk_total_size", "GB") { _ in 200 },
        SimulatedMetric("ges027_disk_used_size", "GB") { _ in 47 },
        SimulatedMetric("ges028_disk_read_throughput", "Byte/s") { $0.quiet(10_000) },
        SimulatedMetric("ges029_disk_write_throughput", "Byte/s") { $0.quiet(20_000) },
        SimulatedMetric("ges030_avg_disk_sec_per_read", "s") { _ in 0.002 },
        SimulatedMetric("ges031_avg_disk_sec_per_write", "s") { _ in 0.003 },
        SimulatedMetric("ges032_avg_disk_queue_length", "count") { _ in 0 },
    ]
}
