import Exposition
import Series

/// The process metrics as families, under the names that every Prometheus client library uses.
enum ProcessFamilies {
    static func all(_ started: Timestamp) -> [MetricFamily] {
        let process = ProcessMetrics.read()
        return [
            counter(
                "process_cpu_seconds_total",
                unit: "seconds",
                "Total user and system CPU time spent in seconds.",
                process.cpuSeconds
            ),
            gauge(
                "process_open_fds",
                "Number of open file descriptors.",
                process.openFileDescriptors.map(Double.init)
            ),
            gauge(
                "process_max_fds",
                "Maximum number of open file descriptors.",
                process.maximumFileDescriptors.map(Double.init)
            ),
            gauge(
                "process_virtual_memory_bytes",
                unit: "bytes",
                "Virtual memory size in bytes.",
                process.virtualMemoryBytes.map(Double.init)
            ),
            gauge(
                "process_virtual_memory_max_bytes",
                unit: "bytes",
                "Maximum amount of virtual memory available in bytes.",
                process.virtualMemoryMaximumBytes
            ),
            gauge(
                "process_resident_memory_bytes",
                unit: "bytes",
                "Resident memory size in bytes.",
                process.residentMemoryBytes.map(Double.init)
            ),
            gauge(
                "process_start_time_seconds",
                unit: "seconds",
                "Start time of the process since unix epoch in seconds.",
                started.seconds
            ),
            counter(
                "process_network_receive_bytes_total",
                unit: "bytes",
                "Number of bytes received by the process over the network.",
                process.networkReceiveBytes.map(Double.init)
            ),
            counter(
                "process_network_transmit_bytes_total",
                unit: "bytes",
                "Number of bytes sent by the process over the network.",
                process.networkTransmitBytes.map(Double.init)
            ),
            gauge(
                "process_threads",
                "Number of OS threads in the process.",
                process.threads.map(Double.init)
            ),
        ].compactMap { $0 }
    }

    private static func counter(
        _ name: String,
        unit: String? = nil,
        _ help: String,
        _ value: Double?
    ) -> MetricFamily? {
        family(name, .counter, unit, help, value)
    }

    private static func gauge(
        _ name: String,
        unit: String? = nil,
        _ help: String,
        _ value: Double?
    ) -> MetricFamily? {
        family(name, .gauge, unit, help, value)
    }

    private static func family(
        _ name: String,
        _ kind: MetricFamily.Kind,
        _ unit: String?,
        _ help: String,
        _ value: Double?
    ) -> MetricFamily? {
        value.map {
            MetricFamily(
                name,
                help: help,
                kind: kind,
                unit: unit,
                samples: [MetricSample([], $0)]
            )
        }
    }
}
