package import Time

/// The two dialects of the management plane. They differ in paths and parameter names here; the
/// answers are read without knowing the version, because the pages mix the spellings anyway.
package enum APIVersion: String, Hashable, Sendable, CaseIterable {
    /// Camel case, actions as `…/action?action_id=restart`.
    case v1
    /// Snake case, a path for each action.
    case v2

    /// The action verbs that both dialects share.
    enum Action: String {
        case restart, stop, start
    }

    var pathSegment: String { self == .v1 ? "v1.0" : "v2" }

    func graphsPath(project: String) -> [String] { [pathSegment, project, "graphs"] }

    func actionPath(
        _ action: Action,
        graph id: String,
        project: String
    ) -> (path: [String], query: [RequestURL.QueryItem]) {
        let graph = graphsPath(project: project) + [id]
        switch self {
        case .v1: return (graph + ["action"], [.init("action_id", action.rawValue)])
        case .v2: return (graph + [action.rawValue], [])
        }
    }

    /// `graph_name` is spelt alike in both.
    func jobFilter(_ filter: JobFilter) -> [RequestURL.QueryItem] {
        let from = self == .v1 ? "startTime" : "start_time"
        let to = self == .v1 ? "endTime" : "end_time"
        return [
            filter.graphName.map { .init("graph_name", $0) },
            filter.status.map { .init("status", $0.filterWord) },
            filter.from.map { .init(from, CivilTime($0).date.description) },
            filter.through.map { .init(to, CivilTime($0).date.description) },
        ].compactMap(\.self)
    }
}

/// Which jobs a job list shall hold; nil does not restrict.
package struct JobFilter: Hashable, Sendable {
    package var graphName: String?
    package var status: Job.Status?
    /// The service filters by whole days of UTC.
    package var from: Timestamp?
    package var through: Timestamp?

    package init(
        graphName: String? = nil,
        status: Job.Status? = nil,
        from: Timestamp? = nil,
        through: Timestamp? = nil
    ) {
        self.graphName = graphName
        self.status = status
        self.from = from
        self.through = through
    }
}
