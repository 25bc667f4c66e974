package import InProcessCloud
import Time
package import GESSimulator
import VirtualTime

/// An event of the cloud, a graph, or the clock of the simulated host. Graphs are identified by
/// their index in the fleet, from 0, because ids depend on another seed.
package enum FaultEvent: Hashable, Sendable {
    /// - Parameter restarts: how many it takes to heal; nil if no restart heals it.
    case hang(graph: Int, HangKind, restarts: Int?)
    /// The graph recovers by itself.
    case heal(graph: Int)
    /// How the data plane of the graph behaves from now on.
    case manner(graph: Int, DataPlaneManner)
    case status(graph: Int, SimulatedGraph.Status)
    /// The management plane reports the status of this long ago.
    case lag(graph: Int, Duration)
    /// A healthy task with progress.
    case work(graph: Int, WorkKind, lasting: Duration)
    /// The fault applies to requests of this operation, for a duration or a number of requests.
    case fault(Fault, Operation, carriedOut: Bool, count: Int?, lasting: Duration)
    case outage(Outage.Manner, CloudService?, lasting: Duration)
    /// Tokens and temporary keys are refused from now on.
    case revocation
    /// Whether the client's password is the right one.
    case password(isRight: Bool)
    /// The wall clock of the simulated host is set by this much.
    case wallJump(Duration)
    /// The gateway's clock is wrong by this much from now on.
    case gatewayClock(error: Duration)

    package func apply(to cloud: InProcessCloud) {
        if case .wallJump(let jump) = self { cloud.time.moveWall(by: jump) }
        cloud.withCloud { simulated, now in apply(to: &simulated, at: now) }
    }

    private func apply(to cloud: inout SimulatedCloud, at now: Timestamp) {
        func id(_ graph: Int) -> String {
            cloud.graphs.indices.contains(graph) ? cloud.graphs[graph].id : ""
        }
        switch self {
        case .hang(let graph, let hangClass, let restarts):
            cloud.hang(id(graph), hangClass, restartsToHeal: restarts, at: now)
        case .heal(let graph): cloud.heal(id(graph), at: now)
        case .manner(let graph, let manner): cloud.setManner(id(graph), manner)
        case .status(let graph, let status): cloud.setStatus(id(graph), status, at: now)
        case .lag(let graph, let lag): cloud.setStatusLag(id(graph), lag)
        case .work(let graph, let kind, let duration):
            cloud.beginWork(id(graph), kind, lasting: duration, at: now)
        case .fault(let fault, let operation, let carriedOut, let count, let duration):
            cloud.faults.schedule(
                ScheduledFault(
                    fault,
                    on: FaultMatch(operation: operation),
                    carriedOut: carriedOut,
                    count: count,
                    until: now + duration
                )
            )
        case .outage(let manner, let service, let duration):
            cloud.outage = Outage(
                manner,
                services: service.map { [$0] } ?? [],
                until: now + duration
            )
        case .revocation: cloud.revokeTokens()
        case .password(let isRight):
            let password = cloud.configuration.password
            cloud.changePassword(to: isRight ? password : "changed-" + password)
        case .wallJump: break
        case .gatewayClock(let error): cloud.clockError = error
        }
    }
}
