package import Diagnosis
package import Time

/// Something for the caller to do. A step returns effects in the order in which they have to
/// begin.
///
/// The order is deterministic: pauses that ended or soon end, reports (sorted, see `Report`),
/// graphs that are followed (by id), actions of others (by id), preparations whose request ended
/// (by id), requests (the graph that is sick longest first), incidents that ended (by id). A
/// `record` comes before what it explains: the log names the cause of every `restart` and `answer`
/// before either begins.
package enum Effect: Hashable, Sendable {
    /// Collect what a restart destroys and report it before `until`. May fail.
    case collectEvidence(GraphID, HangClass, until: Timestamp)
    /// Read the graph again, ask `Intent.preflight`, POST once, and report exactly one outcome.
    case restart(Intent)
    /// The same for the task that the intent names: one DELETE.
    case cancelTask(Intent)
    /// The same for a stop. Never sent to the database edition.
    case stop(Intent)
    /// The same for the start of a graph that is read in status 900. It names no backup.
    case start(Intent)
    /// Read this job once. Returned by every step until the job has ended.
    case followJob(GraphID, jobID: String)
    /// Search the job list once for the job of this intent. Returned by every step until the job
    /// is known or the restart can no longer land.
    case searchJobs(Intent)
    /// Read all jobs of the project that began since then, and report `jobList`, or why it could
    /// not be read. Returned by every step until the list is known.
    case readJobList(since: Timestamp)
    /// Tell the person who gave this order what became of it.
    case answer(orderID: String, OrderAnswer)
    /// Log this line. `Machine.changes` holds it too, for the audit trail.
    case record(AuditEntry)
}

extension Effect {
    /// Whether the effect may begin only after `Machine.changes` of its step are on disk.
    ///
    /// A restart that a crash makes us forget could be sent a second time, and an order that was
    /// answered must not be lost. If the disk refuses, report a restart as
    /// `RestartOutcome.notSent` and answer the order with the failure. The rest reads from GES or
    /// writes a log line: after a crash it is harmless, and the next step asks for it again if it
    /// is still of interest.
    package var waitsForDisk: Bool {
        switch self {
        case .restart, .cancelTask, .stop, .start, .answer: true
        case .collectEvidence, .followJob, .searchJobs, .readJobList, .record: false
        }
    }

    /// Whether every step returns the effect until its answer is known. It may be skipped in a step
    /// that others can cause at will, because the next regular step returns it again.
    package var isRepeated: Bool {
        switch self {
        case .followJob, .searchJobs, .readJobList: true
        case .restart, .cancelTask, .stop, .start, .answer, .collectEvidence, .record: false
        }
    }
}

extension Effect {
    /// The one request that changes a graph.
    package init(sending intent: Intent) {
        self =
            switch intent.action {
            case .cancel: .cancelTask(intent)
            case .restart: .restart(intent)
            case .stop: .stop(intent)
            case .start: .start(intent)
            }
    }

    /// The intent whose request the effect sends; nil for any other effect.
    package var sentIntent: Intent? {
        switch self {
        case .restart(let intent), .cancelTask(let intent), .stop(let intent), .start(let intent):
            intent
        case .collectEvidence, .followJob, .searchJobs, .readJobList, .answer, .record: nil
        }
    }
}
