/// The state of a job of the management plane.
package enum JobState: Hashable, Sendable, Codable {
    case pending
    case running
    case succeeded
    case failed(reason: String)
    /// GES does not know the job (GES.8301). That is no failure of the restart.
    case notFound

    /// A failed job has ended too.
    var isUnfinished: Bool { self == .pending || self == .running }
}
