import Files
import Agent
import GESSimulator

/// The configuration, rule file and password of the demonstration in a temporary directory. They
/// are ordinary files with shortened durations, read by the agent like any others.
struct DemoFiles {
    private let folder: TemporaryFolder
    let options: AgentOptions

    init(_ cloud: SimulatedCloudServer, listenAddress: String) throws(FileError) {
        folder = try TemporaryFolder(prefix: "graphwarden-demo-")
        try folder.write(cloud.configuration.password, to: "password")
        try folder.write(Self.rules, to: "rules.yml")
        try folder.write(Self.configuration(cloud), to: "graphwarden.yml")
        var options = AgentOptions()
        options.configurationFile = folder.path + "/graphwarden.yml"
        options.listenAddresses = [listenAddress]
        options.storagePath = folder.path + "/data"
        self.options = options
    }

    func remove() {
        folder.remove()
    }

    private static func configuration(_ cloud: SimulatedCloudServer) -> String {
        let settings = cloud.configuration
        return """
            cloud:
              region: \(settings.region)
              project_id: \(settings.projectID)
              endpoints:
                ges: \(cloud.endpoints.management)
                iam: \(cloud.endpoints.management)
              credentials:
                password:
                  domain: \(settings.domain)
                  user: \(settings.user)
                  password_file: password
            graphs:
              - match: {name: ".*"}
                mode: auto
            sampling:
              interval: 1s
              timeout: 1s
              data_plane: {scheme: http, address: private, port: \(cloud.endpoints.dataPlanePort), allow: [127.0.0.0/8]}
            evaluation_interval: 500ms
            rule_files: [rules.yml]
            remediation:
              startup_grace: 3s
              state_change_grace: 2s
              evidence_timeout: 2s
              restart_timeout: 1m
              verify: {probes: 3, within: 30s}

            """
    }

    private static let rules = """
        groups:
          - name: demonstration
            rules:
              - alert: GraphUnresponsive
                expr: |
                  max by (graph_id) (ges_graph_probe_success) == 0
                    and on (graph_id) ges_graph_status_code == 200
                for: 4s
                labels:
                  remediate: restart
                  hang: unresponsive
                  severity: critical
                annotations:
                  summary: Graph {{ $labels.graph_id }} is running but does not respond.

        """
}
