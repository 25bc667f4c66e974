package import Cycle
package import GES

extension ListedGraph.Status {
    package init(_ status: GraphStatus) {
        self.init(
            code: status.code,
            phase: ListedGraph.Phase(status.phase),
            description: "\(status)"
        )
    }
}

extension ListedGraph.Phase {
    init(_ phase: GraphStatus.Phase) {
        self =
            switch phase {
            case .running: .running
            case .transitional: .transitional
            case .degraded: .degraded
            case .faulty: .faulty
            case .stopped: .stopped
            case .frozen: .frozen
            case .deleted: .deleted
            case .unknown: .unknown
            }
    }
}
