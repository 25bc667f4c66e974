import JSON
package import Time

/// What a graph says of its nodes (om/metrics, GES API pages 0518 and 0560).
package struct NodeMetrics: Hashable, Sendable {
    package struct Disk: Hashable, Sendable {
        package var name: String
        package var values: [NodeMetric: Double]
    }

    package struct Node: Hashable, Sendable {
        /// Unique in an answer.
        package var name: String
        /// Empty if the graph does not say.
        package var role: String
        package var host: String
        package var values: [NodeMetric: Double]
        package var disks: [Disk]
    }

    package var nodes: [Node] = []
    /// When the graph measured; nil if it does not say, or something that cannot be.
    package var time: Timestamp?
    package var faults: [NodeMetricsFault: Int] = [:]

    package init() {}
}

/// Why a part of an answer is not used. The raw value is the metric label `reason`.
package enum NodeMetricsFault: String, CaseIterable, Hashable, Sendable {
    /// Negative, not finite, too large, a ratio above 1, or not a number at all.
    case value
    /// A node or disk without a name of its own, or beyond the limit.
    case name
}

extension NodeMetrics {
    static let maximumNodes = 64
    static let maximumDisks = 64
    private static let maximumNameCharacters = 64

    /// What may name a node, the best first. What several nodes share names none of them.
    private static let nameFields = ["instance_id", "ges_instance_name", "host_name", "work_ip"]

    /// Reads an answer. What is not understood is counted and left out.
    ///
    /// - Parameter now: the time of the answer.
    init(_ entries: [JSONValue], time stated: Int64?, now: Timestamp) {
        time = stated.flatMap { Self.plausible($0, now) }
        if entries.count > Self.maximumNodes { count(.name, entries.count - Self.maximumNodes) }
        let found = entries.prefix(Self.maximumNodes).map { entry in
            let object = WireObject(entry)
            return (object: object, overview: object?.embeddedObject("overview"))
        }
        var uses: [String: [String: Int]] = [:]
        for overview in found.compactMap({ $0.overview }) {
            for field in Self.nameFields {
                guard let text = overview.text(field) else { continue }
                uses[field, default: [:]][text, default: 0] += 1
            }
        }
        var names: Set<String> = []
        for (object, overview) in found {
            let field = Self.nameFields.first { field in
                overview?.text(field).map { uses[field]?[$0] == 1 } ?? false
            }
            guard let object, let overview, let field, let name = Self.label(overview, field),
                names.insert(name).inserted
            else {
                count(.name)
                continue
            }
            var node = Node(
                name: name,
                role: Self.label(overview, "role") ?? "",
                host: Self.label(overview, "host_name") ?? "",
                values: values(of: overview, NodeMetric.allCases),
                disks: []
            )
            addDisks(of: object, to: &node)
            nodes.append(node)
        }
    }

    private mutating func addDisks(of object: WireObject, to node: inout Node) {
        let entries = object.embeddedArray("disk_details") ?? []
        if entries.count > Self.maximumDisks { count(.name, entries.count - Self.maximumDisks) }
        var names: Set<String> = []
        for entry in entries.prefix(Self.maximumDisks) {
            guard let disk = WireObject(entry), let name = Self.label(disk, "disk_name"),
                names.insert(name).inserted
            else {
                count(.name)
                continue
            }
            let values = values(of: disk, NodeMetric.ofDisk)
            if !values.isEmpty { node.disks.append(Disk(name: name, values: values)) }
        }
    }

    private mutating func values(
        of object: WireObject,
        _ metrics: [NodeMetric]
    ) -> [NodeMetric: Double] {
        var values: [NodeMetric: Double] = [:]
        for metric in metrics {
            if let value = object.double(metric.rawValue).flatMap(metric.converted) {
                values[metric] = value
            } else if object.text(metric.rawValue) != nil {
                count(.value)
            }
        }
        return values
    }

    private static func label(_ object: WireObject, _ field: String) -> String? {
        object.text(field)?.boundedForDisplay(maximumCharacters: maximumNameCharacters)
    }

    /// A time that was never, or that is to come, says nothing. One that is long past does: the
    /// graph has measured nothing since.
    private static func plausible(_ milliseconds: Int64, _ now: Timestamp) -> Timestamp? {
        let time = Timestamp(milliseconds: milliseconds)
        return time >= earliest && time <= now + .seconds(60) ? time : nil
    }

    /// 2015, before the service began.
    private static let earliest = Timestamp(milliseconds: 1_420_070_400_000)

    private mutating func count(_ fault: NodeMetricsFault, _ number: Int = 1) {
        faults[fault, default: 0] += number
    }
}

extension GESClient {
    /// Reads what a graph has measured of its nodes within its last two minutes, over connections
    /// that no probe waits for.
    package func nodeMetrics(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> NodeMetrics {
        let operation = "node_metrics"
        let (document, _) = try await readDocument(
            of: graph,
            operation,
            path: ["om", "metrics"],
            query: [.init("real_time", "false"), .init("with_performance_metrics", "false")],
            dataPlane: dataPlane,
            isMonitoring: true
        )
        let now = clock.wall()
        return try observer.watching(.dataPlane, operation) { () throws(GESError) in
            guard let object = WireObject(document), let entries = object.array("node_metrics")
            else { throw .unexpected("the response contains no list \"node_metrics\"") }
            // Addresses are given to other hosts.
            if let id = object.text("id"), id != graph.id, object.text("name") != graph.name {
                throw .unexpected("the response is about another graph")
            }
            return NodeMetrics(entries, time: object.integer("timestamp"), now: now)
        }
    }
}
