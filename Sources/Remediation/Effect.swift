package import Time

/// What the caller has to do, in this order, after `Machine.changes` has reached the disk.
package enum Effect: Hashable, Sendable {
    /// Collect what a restart destroys, and report it before `until`; failing is allowed.
    case collectEvidence(GraphID, HangClass, until: Timestamp)
    /// Re-read the graph, ask `Intent.preflight`, POST once. Exactly one outcome must be reported.
    case restart(Intent)
    /// Read this job once. Repeated every step while it is of interest.
    case followJob(GraphID, jobID: String)
    /// Look once for the restart job of this intent in the task centre. Repeated every step while
    /// it is of interest.
    case searchJobs(Intent)
    /// An order of a person was carried out or refused.
    case answer(orderID: String, OrderAnswer)
    /// A line for the log, the audit trail (where `changes` puts it too) and the alerts.
    case record(AuditEntry)
}
