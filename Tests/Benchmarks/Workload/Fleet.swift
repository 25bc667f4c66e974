package import Series

/// The series of a fleet of graphs, six per graph: the workload of all benchmarks.
package struct Fleet {
    package let graphs: Int
    /// The start of the hour from which all values are derived, in seconds since 1970.
    package let origin: Int64
    /// Series of one metric have consecutive numbers.
    package let seriesCount: Int

    package static let hourSeconds: Int64 = 3600
    package static let intervalSeconds: Int64 = 15

    package init(graphs: Int, origin: Int64) {
        self.graphs = graphs
        self.origin = origin
        seriesCount = Metric.allCases.count * graphs
    }

    package func labels(of index: Int) -> Labels {
        Metric.allCases[index / graphs].labels(ofGraph: index % graphs)
    }

    /// The value of a series at a time in seconds since 1970.
    package func value(of index: Int, at time: Int64) -> Double {
        Metric.allCases[index / graphs].value(ofGraph: index % graphs, at: time, since: origin)
    }
}

private enum Metric: String, CaseIterable {
    case success = "graph_probe_success"
    case state = "graph_state"
    case queries = "graph_queries_total"
    case queued = "graph_queries_queued"
    case commit = "graph_last_commit_timestamp_seconds"
    case duration = "graph_probe_duration_seconds"

    func labels(ofGraph number: Int) -> Labels {
        let digits = "\(number)"
        var labels: [String: String] = [
            "__name__": rawValue,
            "graph": "g" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits,
            "region": "region-\(number % 7)",
            "tier": "tier-\(number % 3)",
        ]
        if self == .state { labels["state"] = "running" }
        return Labels(labels)
    }

    func value(ofGraph number: Int, at time: Int64, since origin: Int64) -> Double {
        let elapsed = time - origin
        switch self {
        case .success: return number % 500 == 3 && elapsed >= 2400 ? 0 : 1
        case .state: return 1
        case .queries: return Double(number % 700 == 5 ? 100 : elapsed * Int64(1 + number % 13))
        case .queued: return Double(number % 4)
        case .commit:
            return Double(number % 900 == 7 ? origin - 1000 : time - Int64(number % 97))
        case .duration: return duration(ofGraph: number, at: time)
        }
    }

    /// With the five decimals that a probe would write.
    private func duration(ofGraph number: Int, at time: Int64) -> Double {
        // Slow graphs have constant values, so that queries for the slowest do not depend on the
        // time.
        if number % 1000 == 11 { return Double(120_000 + number) / 1e5 }
        let noise = (UInt64(time) &* 2_654_435_761 &+ UInt64(number) &* 40_503) >> 7 % 400
        return Double(1000 + 300 * (number % 10) + Int(noise)) / 1e5
    }
}
