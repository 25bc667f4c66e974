import Cycle
import GES
import Time

extension NodeReading {
    init(_ answer: NodeMetrics, of graphID: String, at time: Timestamp) {
        self.init(graphID: graphID, at: time)
        for node in answer.nodes {
            add([(.nodeInfo, 1)], labels: [node.name, node.role, node.host])
            add(Self.values(node.values, Self.ofNode), labels: [node.name])
            for (metric, mode) in Self.modes {
                guard let share = node.values[metric] else { continue }
                add([(.nodeCPUMode, share)], labels: [node.name, mode])
            }
        }
        // Last: a graph with many disks still has its nodes.
        for node in answer.nodes {
            for disk in node.disks {
                add(Self.values(disk.values, Self.ofDisk), labels: [node.name, disk.name])
            }
        }
    }

    private static func values(
        _ values: [NodeMetric: Double],
        _ pairs: [(NodeMetric, GraphMetric)]
    ) -> [(GraphMetric, Double)] {
        pairs.compactMap { from, to in values[from].map { (to, $0) } }
    }

    private static let ofNode: [(NodeMetric, GraphMetric)] = [
        (.hostState, .nodeHostState), (.cpuUsed, .nodeCPUUsed), (.memorySize, .nodeMemorySize),
        (.memoryUsed, .nodeMemoryUsed), (.memoryFree, .nodeMemoryFree), (.diskSize, .nodeDiskSize),
        (.diskUsedSize, .nodeDiskUsedSize), (.diskUsed, .nodeDiskUsed), (.diskRead, .nodeDiskRead),
        (.diskWritten, .nodeDiskWritten), (.network, .nodeNetwork), (.swapSize, .nodeSwapSize),
        (.swapFree, .nodeSwapFree),
    ]

    private static let modes: [(NodeMetric, String)] = [
        (.cpuUser, "user"), (.cpuSystem, "system"), (.cpuIOWait, "iowait"),
    ]

    private static let ofDisk: [(NodeMetric, GraphMetric)] = [
        (.diskSize, .diskDeviceSize), (.diskUsedSize, .diskDeviceUsedSize),
        (.diskUsed, .diskDeviceUsed), (.diskRead, .diskDeviceRead),
        (.diskWritten, .diskDeviceWritten),
    ]
}
