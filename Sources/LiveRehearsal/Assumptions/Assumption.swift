/// What the agent takes for granted about the service and the documents leave open. The raw values
/// are in reports.
package enum Assumption: String, Hashable, Sendable, CaseIterable {
    case restartPermitted = "restart_permitted"
    case restartNamesJob = "restart_names_job"
    case restartJobName = "restart_job_name"
    case restartStatuses = "restart_statuses"
    case refusalCode = "refusal_code"
    case secondRestart = "second_restart"
    case jobReadable = "job_readable"
    case jobListed = "job_listed"
    case jobEnding = "job_ending"
    case statusPath = "status_path"
    case statusAfterJob = "status_after_job"
    case duration
    case dataPlaneDown = "data_plane_down"
    case hungStatus = "hung_status"
    case knownStatuses = "known_statuses"
    case graphTimes = "graph_times"
    case jobTimes = "job_times"
    case offset
    case total
    case jobOrder = "job_order"
    case successCode = "success_code"
    case spelling
    case throttling
    case requestID = "request_id"
    case dateHeader = "date_header"
    case version
    case edition
    case metricNames = "metric_names"
    case nodeMetrics = "node_metrics"
    case nodeMetricsTime = "node_metrics_time"
    case certificate
    case credentialRefusal = "credential_refusal"
    case dataPlaneSignature = "data_plane_signature"
}

extension Assumption {
    /// The assumption as a sentence without a full stop.
    package var text: String {
        switch self {
        case .restartPermitted: "the credential may restart graphs (ges:graph:operate)"
        case .restartNamesJob: "the answer to a restart names its job"
        case .restartJobName: "the name of the job of a restart contains \"start\""
        case .restartStatuses: "a restart is accepted in the statuses 200, 202, 204 and 205 only"
        case .refusalCode: "a refused restart has an error code of GES"
        case .secondRestart: "a second restart is refused while the first one runs"
        case .jobReadable: "the job of a restart can be read by its id"
        case .jobListed: "the job list names a restart under the name of its graph"
        case .jobEnding: "the job of a restart ends with success or failed"
        case .duration: "a graph runs again within remediation.restart_timeout"
        default: otherText
        }
    }

    private var otherText: String {
        switch self {
        case .statusPath: "the first status during a restart is 901"
        case .statusAfterJob: "the status is 200 once the job has succeeded"
        case .dataPlaneDown: "the data plane does not answer while the graph restarts"
        case .hungStatus: "a graph that hangs shows status 200"
        case .knownStatuses: "every status of a graph is one of the reference"
        case .graphTimes: "created and updated are in UTC"
        case .jobTimes: "the begin times of jobs are in UTC"
        case .offset: "the offset of a list counts entries, not pages"
        case .total: "the total of a list counts the entries of all pages"
        case .jobOrder: "the job list begins with the newest job"
        case .successCode: "an answer with a success status carries no error code"
        case .spelling: "names are spelled as the version of the API does"
        case .throttling: "GES admits the requests of an agent without 429"
        case .requestID: "answers of GES carry X-Request-Id"
        case .dateHeader: "answers of GES carry the time of the gateway in Date"
        case .version: "the version of the graph knows the restart (2.2.21 or newer)"
        case .edition: "graphs of the database edition can be restarted"
        case .metricNames: "Cloud Eye has the metrics ges001 to ges032, without spaces"
        default: dataPlaneText
        }
    }

    private var dataPlaneText: String {
        switch self {
        case .nodeMetrics: "the top level of om/metrics has the names of the reference"
        case .nodeMetricsTime: "the timestamp of om/metrics is in milliseconds"
        case .certificate: "the certificate of a graph is not valid for its address"
        case .credentialRefusal:
            "a graph refuses a token with 401, or with 400 and GES.8005 to GES.8008"
        case .dataPlaneSignature: "the data plane takes no signed requests"
        default: rawValue
        }
    }

    /// The number of the question about the API that it answers; nil if it is none of those.
    package var question: Int? {
        switch self {
        case .restartNamesJob: 1
        case .restartJobName: 2
        case .restartStatuses: 3
        case .refusalCode: 4
        case .knownStatuses: 5
        case .secondRestart: 6
        case .statusPath: 7
        case .duration: 8
        case .hungStatus: 9
        case .successCode: 10
        case .graphTimes, .jobTimes: 11
        case .offset: 12
        case .throttling: 13
        case .metricNames: 14
        default: laterQuestion
        }
    }

    private var laterQuestion: Int? {
        switch self {
        case .nodeMetrics: 16
        case .nodeMetricsTime: 17
        case .certificate: 18
        case .credentialRefusal: 19
        case .dataPlaneSignature: 20
        case .edition: 23
        case .requestID: 25
        case .restartPermitted: 26
        case .jobEnding: 27
        case .version: 28
        default: nil
        }
    }

    /// Why nothing was seen, unless something more precise is known.
    var unseen: String {
        switch self {
        case .restartStatuses: "the restart is sent in status 200 only"
        case .refusalCode: "no restart was refused"
        case .secondRestart: "never tried: a rehearsal sends one restart"
        case .hungStatus: "the graph was healthy"
        case .throttling, .successCode, .spelling, .requestID, .dateHeader: "GES did not answer"
        case .offset: "no two pages were read"
        case .total: "the list was not read in parts"
        case .jobOrder: "the job list has fewer than two jobs with a begin time"
        case .metricNames: "the metrics were not listed"
        case .nodeMetrics, .nodeMetricsTime: "om/metrics was not read"
        case .certificate: "the data plane is not asked over HTTPS"
        case .credentialRefusal: "no credential was refused"
        case .version: "the graph does not say its version"
        case .edition: "the graph does not say its edition"
        case .knownStatuses: "no graph was read"
        case .graphTimes: "updated was not seen to change"
        case .dataPlaneSignature: "the data plane did not answer"
        default: "no restart was sent"
        }
    }
}
