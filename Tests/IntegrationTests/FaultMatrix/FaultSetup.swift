import Foundation
import GESSimulator

/// The agent's configuration in the matrix, where everything happens within seconds.
enum FaultSetup {
    static let interval = Duration.milliseconds(500)

    static var fleet: SimulatorConfiguration {
        var fleet = SimulatorConfiguration()
        fleet.timeScale = 0.005
        return fleet
    }

    static func write(to scratch: Scratch, for cloud: SimulatedCloudServer) throws {
        let settings = cloud.configuration
        try scratch.write(settings.password, to: "password")
        try scratch.write(rules, to: "rules.yml")
        let authority = cloud.endpoints.certificateAuthority
        if let authority { try scratch.write(authority, to: "ca.pem") }
        let scheme = authority == nil ? "http" : "https"
        let trust = authority == nil ? "" : "ca_file: ca.pem"
        try scratch.write(
            """
            cloud:
              region: \(settings.region)
              project_id: \(settings.projectID)
              endpoints: {ges: "\(cloud.endpoints.management)", iam: "\(cloud.endpoints.management)"}
              \(trust)
              credentials:
                password:
                  domain: \(settings.domain)
                  user: \(settings.user)
                  password_file: password
            graphs:
              - match: {name: ".*"}
                mode: auto
            sampling:
              interval: 500ms
              timeout: 1s
              data_plane:
                scheme: \(scheme)
                address: private
                allow: [127.0.0.0/8]
                port: \(cloud.endpoints.dataPlanePort)
                \(trust)
            evaluation_interval: 500ms
            rule_files: [rules.yml]
            remediation:
              startup_grace: 500ms
              state_change_grace: 500ms
              evidence_timeout: 1s
              restart_timeout: 6s
              verify: {probes: 2, within: 20s}
              breaker: {settle: 1s}

            """,
            to: "graphwarden.yml"
        )
    }

    private static let rules = """
        groups:
          - name: hangs
            rules:
              - alert: GraphUnresponsive
                expr: |
                  max by (graph_id) (ges_graph_probe_success) == 0
                  and on (graph_id) ges_graph_status_code == 200
                for: 1500ms
                labels: {remediate: restart, hang: unresponsive}

        """
}
