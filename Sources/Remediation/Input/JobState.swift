package enum JobState: Hashable, Sendable, Codable {
    case pending
    case running
    case succeeded
    case failed(reason: String)
    /// GES does not know the job (GES.8301); this is not a failure of the restart.
    case notFound
}
