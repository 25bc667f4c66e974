import Foundation
import GESSimulator
import Remediation
import Time

extension Round {
    /// Reads what the cloud, etcd and the logs know.
    func evidence() async throws -> Evidence {
        let shared = try await fleet.readShared()
        let (requests, vain, duration) = fleet.cloud.withCloud { cloud, _ in
            let phases = cloud.configuration.phases.scaled(by: cloud.configuration.timeScale)
            return (
                cloud.log.records(of: .restartGraph).map { record in
                    Evidence.Request(
                        graph: record.graphID ?? "",
                        at: record.time,
                        isAccepted: record.status.map { $0 < 300 } ?? false
                    )
                },
                cloud.log.restarts.values.reduce(0) { $0 + $1.ofWorkingGraph },
                phases.stopping + phases.starting
            )
        }
        return Evidence(
            limits: plan.limits,
            requests: requests,
            sendings: try fleet.agents.flatMap(Self.sendings),
            records: shared.records,
            holds: pauses.holds,
            vain: vain,
            restartDuration: duration
        )
    }

    private static func sendings(of agent: FleetAgent) throws -> [Evidence.Sending] {
        try agent.logs.flatMap { log in
            try String(contentsOf: log, encoding: .utf8)
                .matches(of: /msg="Sending the restart".* intent=(\S+)/)
                .map { Evidence.Sending(agent: agent.index, intent: String($0.1)) }
        }
    }
}
