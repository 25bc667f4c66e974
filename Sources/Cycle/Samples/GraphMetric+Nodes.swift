extension GraphMetric {
    /// The metrics of om/metrics, in the order of their declaration. Their values are minutes old.
    package static let ofNodes = allCases.filter { nodeMeanings[$0] != nil }

    /// What om/real-time-queries says beside the queries, in the order of their declaration.
    package static let ofSize: [GraphMetric] = [
        .vertices, .edges, .vertexCapacity, .edgeCapacity, .vertexUsed, .edgeUsed, .queryPendingMax,
    ]

    /// The metrics whose values are minutes old when they can be read.
    package static let delayed = ofCloudEye + ofNodes

    /// Those of a larger tier than `core`, in the order of their declaration.
    package static let beyondCore = allCases.filter { $0.tier > .core }

    package var tier: MetricTier {
        cloudEye?.tier ?? (Self.fullOnly.contains(self) ? .full : .core)
    }

    private static let fullOnly = Set(ofNodes + ofSize)

    var nodeHelp: String? { Self.nodeMeanings[self].map { "\($0) Of the graph: om/metrics." } }

    private static let nodeMeanings: [GraphMetric: String] = [
        .nodeInfo: "Description of a node of a graph.",
        .nodeHostState: "State of the host, whose values are not documented (host_stat).",
        .nodeCPUUsed: "CPU of the node in use, 0 to 1.",
        .nodeCPUMode: "Share of the CPU of the node that a mode takes, 0 to 1.",
        .nodeMemorySize: "Size of the memory of the node.",
        .nodeMemoryUsed: "Used memory of the node.",
        .nodeMemoryFree: "Free memory of the node.",
        .nodeDiskSize: "Size of the disks of the node.",
        .nodeDiskUsedSize: "Used part of the disks of the node.",
        .nodeDiskUsed: "Disks of the node in use, 0 to 1.",
        .nodeDiskRead: "Bytes read from the disks of the node per second.",
        .nodeDiskWritten: "Bytes written to the disks of the node per second.",
        .nodeNetwork: "Bytes over the network of the node per second.",
        .nodeSwapSize: "Size of the swap space of the node.",
        .nodeSwapFree: "Free swap space of the node.",
        .diskDeviceSize: "Size of a disk of the node.",
        .diskDeviceUsedSize: "Used part of a disk of the node.",
        .diskDeviceUsed: "Disk of the node in use, 0 to 1.",
        .diskDeviceRead: "Bytes read from a disk of the node per second.",
        .diskDeviceWritten: "Bytes written to a disk of the node per second.",
    ]
}
