import Agent
import GES

/// Scripted clouds that only restart.
extension GraphOperations {
    func stop(_ id: String) async -> (ActionAnswer, quote: String?) {
        (.notSent(.invalidArgument("no stop")), nil)
    }

    func start(_ id: String) async -> (ActionAnswer, quote: String?) {
        (.notSent(.invalidArgument("no start")), nil)
    }

    func cancelTask(
        _ taskID: String,
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async -> ActionAnswer {
        .notSent(.invalidArgument("no cancel"))
    }
}
