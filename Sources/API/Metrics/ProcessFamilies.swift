import Exposition
import Series
import Time

/// The process metrics, with the names and help texts of Prometheus' client libraries.
enum ProcessFamilies {
    static func all(_ started: Timestamp) -> [MetricFamily] {
        let process = ProcessMetrics.read()
        let start = family(
            "process_start_time_seconds",
            "Start time of the process since unix epoch in seconds.",
            started.seconds
        )
        return [start].compactMap { $0 } + time(process) + descriptors(process) + memory(process)
            + network(process)
    }

    private static func time(_ process: ProcessMetrics) -> [MetricFamily] {
        [
            family(
                "process_cpu_seconds_total",
                "Total user and system CPU time spent in seconds.",
                process.cpuSeconds
            ),
            family(
                "process_threads",
                "Number of OS threads in the process.",
                process.threads.map { Double($0) }
            ),
        ].compactMap { $0 }
    }

    private static func descriptors(_ process: ProcessMetrics) -> [MetricFamily] {
        [
            family(
                "process_open_fds",
                "Number of open file descriptors.",
                process.openFileDescriptors.map { Double($0) }
            ),
            family(
                "process_max_fds",
                "Maximum number of open file descriptors.",
                process.maximumFileDescriptors.map { Double($0) }
            ),
        ].compactMap { $0 }
    }

    private static func memory(_ process: ProcessMetrics) -> [MetricFamily] {
        [
            family(
                "process_virtual_memory_bytes",
                "Virtual memory size in bytes.",
                process.virtualMemoryBytes.map { Double($0) }
            ),
            family(
                "process_virtual_memory_max_bytes",
                "Maximum amount of virtual memory available in bytes.",
                process.virtualMemoryMaximumBytes
            ),
            family(
                "process_resident_memory_bytes",
                "Resident memory size in bytes.",
                process.residentMemoryBytes.map { Double($0) }
            ),
        ].compactMap { $0 }
    }

    private static func network(_ process: ProcessMetrics) -> [MetricFamily] {
        [
            family(
                "process_network_receive_bytes_total",
                "Number of bytes received by the process over the network.",
                process.networkReceiveBytes.map { Double($0) }
            ),
            family(
                "process_network_transmit_bytes_total",
                "Number of bytes sent by the process over the network.",
                process.networkTransmitBytes.map { Double($0) }
            ),
        ].compactMap { $0 }
    }

    /// Returns nil if there is no value. Kind and unit follow from the name.
    private static func family(
        _ name: String,
        _ help: String,
        _ value: Double?
    ) -> MetricFamily? {
        let isCounter = name.hasSuffix("_total")
        let stem = isCounter ? name.dropLast("_total".count) : name[...]
        let unit = ["seconds", "bytes"].first { stem.hasSuffix("_" + $0) }
        return value.map {
            MetricFamily(
                name,
                help: help,
                kind: isCounter ? .counter : .gauge,
                unit: unit,
                samples: [MetricSample([], $0)]
            )
        }
    }
}
