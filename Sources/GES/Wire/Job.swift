package import JSON
package import Time

/// A job of the management plane, such as a restart or an import.
package struct Job: Hashable, Sendable {
    package enum Status: Hashable, Sendable {
        case pending, running, success, failed, partiallyFailed
        /// A value that the API reference does not list.
        case other(String)
    }

    package var id: String
    package var status: Status
    package var type: String?
    /// What the job does, such as `ImportGraph`. The values are undocumented, so do not depend on
    /// them.
    package var name: String?
    /// The name of the graph, not its ID.
    package var relatedGraph: String?
    package var beginTime: Timestamp?
    package var endTime: Timestamp?
    package var failReason: String?
    /// What the service says of the job's progress; only compared. Nil if it says nothing.
    package var progressText: String?
    /// Whether that text would change with each step of the job: it counts something. The results
    /// of single files stay the same for as long as the next file takes.
    package var isProgressCounted = false

    package init(id: String, status: Status) {
        self.id = id
        self.status = status
    }
}

extension Job {
    /// Parses a job of either API version; returns nil without ID and status.
    package init?(_ value: JSONValue) {
        guard let object = WireObject(value), let id = object.text("job_id", "jobId"),
            let status = object.text("status")
        else { return nil }
        self.init(id: id, status: Status(word: status))
        type = object.text("job_type", "jobType")
        name = object.text("job_name", "jobName")
        relatedGraph = object.text("related_graph", "relatedGraph")
        beginTime = object.time("begin_time", "beginTime")
        endTime = object.time("end_time", "endTime")
        failReason = object.text("fail_reason", "failReason")
        readProgress(object)
    }
}

extension Job {
    /// The documented progress is reserved and always 0; imports list what became of each file.
    private mutating func readProgress(_ object: WireObject) {
        var parts: [String] = []
        if let progress = object.double("job_progress", "jobProgress"), progress > 0 {
            parts.append("\(progress)")
            isProgressCounted = true
        }
        let detail = object.object("job_detail", "jobDetail")
        for (snake, camel) in [
            ("schema_path", "schemaPath"), ("edgeset_path", "edgesetPath"),
            ("vertexset_path", "vertexsetPath"),
        ] {
            for file in (detail?.array(snake, camel) ?? []).prefix(Self.maximumFiles) {
                guard let file = WireObject(file) else { continue }
                let lines = file.integer("successful_lines", "successfulLines")
                let status = file.text("status")
                guard lines ?? -1 >= 0 || status != nil else { continue }
                parts.append("\(status ?? "") \(lines ?? -1)")
                // A file that is done has its number of lines for good.
                let isDone = status.map { Self.finalStatuses.contains($0.lowercased()) } ?? false
                if lines ?? -1 >= 0, !isDone { isProgressCounted = true }
            }
        }
        progressText = parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    private static let finalStatuses: Set<String> = ["success", "failed", "partfailed"]

    private static let maximumFiles = 100
}

extension Job.Status {
    /// The job list is filtered by `waiting` but returns `pending` (GES API page 0374).
    init(word: String) {
        switch word.lowercased() {
        case "pending", "waiting": self = .pending
        case "running": self = .running
        case "success": self = .success
        case "failed": self = .failed
        case "partiallyfailed": self = .partiallyFailed
        default: self = .other(word)
        }
    }

    var filterWord: String {
        switch self {
        case .pending: "waiting"
        case .running: "running"
        case .success: "success"
        case .failed: "failed"
        case .partiallyFailed: "partiallyFailed"
        case .other(let word): word
        }
    }
}
