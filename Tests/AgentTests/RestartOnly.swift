import Agent
import GES

/// Scripted clouds that only restart.
extension GraphOperations {
    func stop(_ id: String) async -> ActionAnswer { .notSent(.invalidArgument("no stop")) }

    func start(_ id: String) async -> ActionAnswer { .notSent(.invalidArgument("no start")) }

    func cancelTask(
        _ taskID: String,
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async -> ActionAnswer {
        .notSent(.invalidArgument("no cancel"))
    }
}
