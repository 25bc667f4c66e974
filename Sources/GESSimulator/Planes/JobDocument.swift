import JSON
import Time

/// A job of the management plane as the task center shows it.
enum JobDocument {
    static func document(
        _ job: SimulatedJob,
        _ version: APIDialect,
        _ now: Timestamp
    ) -> JSONValue {
        let isV2 = version == .v2
        let status = job.status(at: now)
        var members = [
            JSONMember(isV2 ? "job_id" : "jobId", .string(job.id)),
            JSONMember("status", .string(status.rawValue)),
            JSONMember(isV2 ? "job_type" : "jobType", "GraphManagement"),
            JSONMember(isV2 ? "job_name" : "jobName", .string(job.name)),
            JSONMember(isV2 ? "related_graph" : "relatedGraph", .string(job.graphName)),
            JSONMember(isV2 ? "begin_time" : "beginTime", .string(job.begin.naked)),
        ]
        if let end = job.end, end <= now {
            members.append(JSONMember(isV2 ? "end_time" : "endTime", .string(end.naked)))
        }
        if status == .failed, case .failed(let reason) = job.outcome {
            members.append(JSONMember(isV2 ? "fail_reason" : "failReason", .string(reason)))
        }
        // "Reserved, not used yet": always 0.
        members.append(JSONMember(isV2 ? "job_progress" : "jobProgress", 0))
        return .object(members)
    }
}

/// The filters of the task center.
struct JobQuery {
    private let status: SimulatedJob.Status?
    private let graphName: String?
    private let from: Timestamp?
    /// Exclusive: the end of the last day.
    private let before: Timestamp?

    init(_ request: CloudRequest, _ version: APIDialect) throws(ServiceError) {
        switch request.parameter("status") ?? "" {
        case "": status = nil
        // The filter's value differs from the field's.
        case "waiting": status = .pending
        case "running": status = .running
        case "success": status = .success
        case "failed": status = .failed
        default: throw .parameterIncorrect
        }
        graphName = request.parameter("graph_name").flatMap { $0.isEmpty ? nil : $0 }
        from = try Self.day(version == .v2 ? "start_time" : "startTime", request)
        before = try Self.day(version == .v2 ? "end_time" : "endTime", request)
            .map { $0 + .seconds(86_400) }
    }

    private static func day(
        _ name: String,
        _ request: CloudRequest
    ) throws(ServiceError) -> Timestamp? {
        guard let text = request.parameter(name), !text.isEmpty else { return nil }
        // The filters accept only `2019-03-27`.
        guard let date = CivilDate(text) else { throw .parameterIncorrect }
        return Timestamp(startOf: date)
    }

    func admits(_ job: SimulatedJob, at now: Timestamp) -> Bool {
        guard !job.isLost, job.begin <= now else { return false }
        if let status, job.status(at: now) != status { return false }
        if let graphName, job.graphName != graphName { return false }
        if let from, job.begin < from { return false }
        if let before, job.begin >= before { return false }
        return true
    }
}
