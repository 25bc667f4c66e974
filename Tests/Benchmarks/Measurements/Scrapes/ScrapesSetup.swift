package import Foundation
import TestSupport
package import Workbench

/// The agent with its simulated cloud, an nginx that serves copies of the agent's answers, and a
/// node_exporter.
package struct ScrapesSetup {
    package let agent: AgentProcess
    private let cloud: CloudProcess
    private let nginx: RunningProgram
    private let nginxURL: String
    private let nodeExporter: RunningProgram
    package let nodeExporterURL: String
    private let folder: URL

    /// - Parameter tier: which metrics of Cloud Eye are read; empty for none.
    package static func start(
        _ binary: URL,
        graphs: Int,
        cloudEye tier: String = ""
    ) async throws -> ScrapesSetup {
        let folder = try Programs.folder("scrapes")
        let cloud = try await CloudProcess.start(binary, graphs: graphs, in: folder)
        let agent = try await AgentProcess.start(
            binary,
            configuration: configuration(cloud.description, tier),
            password: cloud.description.password,
            in: folder
        )
        let ports = try await FreePorts.find(2)
        try FileManager.default.createDirectory(
            at: folder.appending(path: "www"),
            withIntermediateDirectories: true
        )
        try Data(nginxConfiguration(ports[0]).utf8).write(to: folder.appending(path: "nginx.conf"))
        let nginx = try RunningProgram(
            "nginx",
            Programs.debian("nginx", folder: "sbin"),
            ["-p", folder.path, "-c", "nginx.conf", "-e", "stderr"],
            in: folder
        )
        let nodeExporter = try RunningProgram(
            "prometheus-node-exporter",
            Programs.debian("prometheus-node-exporter"),
            ["--web.listen-address=127.0.0.1:\(ports[1])"],
            in: folder
        )
        let setup = ScrapesSetup(
            agent: agent,
            cloud: cloud,
            nginx: nginx,
            nginxURL: "http://127.0.0.1:\(ports[0])",
            nodeExporter: nodeExporter,
            nodeExporterURL: "http://127.0.0.1:\(ports[1])/metrics",
            folder: folder
        )
        try await nodeExporter.waitUntilReady(setup.nodeExporterURL)
        try await setup.waitUntilSampled(graphs)
        if !tier.isEmpty { try await setup.waitUntilComplete(graphs, tier) }
        return setup
    }

    private static func configuration(
        _ cloud: CloudProcess.Description,
        _ tier: String
    ) -> String {
        """
        \(cloud.section)
        sampling:
          interval: 30s
          data_plane: \(cloud.dataPlane)
          \(tier.isEmpty ? "" : "cloud_eye: {tier: \(tier)}")

        """
    }

    /// As Debian configures it, without logs.
    private static func nginxConfiguration(_ port: Int) -> String {
        """
        worker_processes auto;
        daemon off;
        pid nginx.pid;
        events { worker_connections 768; }
        http {
            sendfile on;
            tcp_nopush on;
            access_log off;
            keepalive_requests 100000000;
            client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp;
            uwsgi_temp_path tmp; scgi_temp_path tmp;
            server { listen 127.0.0.1:\(port); root www; }
        }

        """
    }

    private func waitUntilSampled(_ graphs: Int) async throws {
        try await eventually("the agent samples the graphs", every: .milliseconds(100)) {
            try await agent.metric("graphwarden_series") ?? 0 > Double(graphs)
        } lastSeen: {
            "\(agent.program.output.suffix(2000))"
        }
    }

    private func waitUntilComplete(_ graphs: Int, _ tier: String) async throws {
        let metrics = tier == "full" ? 28 : 9
        try await eventually(
            "every value of Cloud Eye is there",
            every: .seconds(1),
            within: .seconds(600)
        ) {
            try await agent.metric("graphwarden_cloud_eye_series") ?? 0 >= Double(graphs * metrics)
        } lastSeen: {
            "\(agent.program.output.suffix(2000))"
        }
    }

    /// Saves the agent's answer for nginx to serve.
    package func copyMetrics(coding: String) async throws -> (url: String, bytes: Int) {
        let body = try LoadClient(agent.url + "/metrics", coding, 1).body()
        try body.write(to: folder.appending(path: "www/\(coding).txt"))
        return ("\(nginxURL)/\(coding).txt", body.count)
    }

    package func end() async {
        await nodeExporter.end()
        await nginx.end()
        await agent.program.end()
        await cloud.program.end()
        try? FileManager.default.removeItem(at: folder)
    }
}
