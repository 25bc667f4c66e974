package import Time

/// The two versions of the management API. They differ in paths and parameter names. Responses are
/// read without regard to the version, because even the API reference mixes the spellings.
package enum APIVersion: String, Hashable, Sendable, CaseIterable {
    /// Camel case; actions as `…/action?action_id=restart`.
    case v1
    /// Snake case; one path per action.
    case v2

    /// The actions, named alike in both versions.
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

    /// `graph_name` is in snake case in both versions.
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

/// Restricts a job list; a nil member does not restrict it.
package struct JobFilter: Hashable, Sendable {
    package var graphName: String?
    package var status: Job.Status?
    /// The service filters by whole UTC days.
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
