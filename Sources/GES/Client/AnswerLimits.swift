/// The limits on the cloud's answers. A larger one fails with the reason `too_large`.
package enum AnswerLimits {
    /// The maximum size of one answer in bytes after decompression, by operation.
    ///
    /// Hundreds of probes may be in flight, so theirs are small. Lists are read in pages of 100
    /// entries, of tasks as many as fit, and a service may send more than requested.
    package static let bytes: [String: Int] = [
        "list_graphs": 8 << 20, "list_jobs": 2 << 20, "show_graph": 256 << 10,
        "show_job": 256 << 10, "restart_graph": 64 << 10, "stop_graph": 64 << 10,
        "start_graph": 64 << 10, "probe_version": 16 << 10, "probe_summary": 64 << 10,
        "probe_gremlin": 256 << 10, "probe_cypher": 256 << 10,
        "list_tasks": 512 << 10, "real_time_queries": 512 << 10,
        "node_metrics": 512 << 10, "create_token": 256 << 10,
        "get_security_key": 64 << 10, "create_metadata_token": 64 << 10,
        "list_metrics": 1 << 20, "query_metrics": 1 << 20,
    ]

    /// The maximum size of all pages of a list together.
    package static let listBytes = 32 << 20

    /// The deadline of a list is shorter than the time that the rate limit takes for as many.
    package static let listPages = 1_000

    static func bytes(of operation: String) -> Int { bytes[operation] ?? 64 << 10 }
}
