import Foundation
import TestSupport
import Workbench

/// The agent with its simulated cloud, and an nginx that serves copies of the agent's answers.
struct ScrapesSetup {
    let agent: AgentProcess
    private let cloud: CloudProcess
    private let nginx: RunningProgram
    private let nginxURL: String
    private let folder: URL

    static func start(_ options: Options, graphs: Int) async throws -> ScrapesSetup {
        let folder = try Programs.folder("scrapes")
        let binary = try Programs.graphwarden(options)
        let cloud = try await CloudProcess.start(binary, graphs: graphs, in: folder)
        let agent = try await AgentProcess.start(
            binary,
            configuration: configuration(cloud.description),
            password: cloud.description.password,
            in: folder
        )
        let port = try await FreePorts.find(1)[0]
        try FileManager.default.createDirectory(
            at: folder.appending(path: "www"),
            withIntermediateDirectories: true
        )
        try Data(nginxConfiguration(port).utf8).write(to: folder.appending(path: "nginx.conf"))
        let nginx = try RunningProgram(
            "nginx",
            Programs.root.appending(path: ".build/debian/usr/sbin/nginx"),
            ["-p", folder.path, "-c", "nginx.conf", "-e", "stderr"],
            in: folder
        )
        let setup = ScrapesSetup(
            agent: agent,
            cloud: cloud,
            nginx: nginx,
            nginxURL: "http://127.0.0.1:\(port)",
            folder: folder
        )
        try await setup.waitUntilSampled(graphs)
        return setup
    }

    private static func configuration(_ cloud: CloudProcess.Description) -> String {
        """
        cloud:
          region: \(cloud.region)
          project_id: \(cloud.project_id)
          api_version: v2
          endpoints: {ges: "\(cloud.management)", iam: "\(cloud.management)"}
          credentials:
            password: {domain: \(cloud.domain), user: \(cloud.user), password_file: password}
        sampling:
          interval: 30s
          data_plane: {scheme: http, address: private, port: \(cloud.data_plane_port), allow: [127.0.0.0/8]}

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

    /// Saves the agent's answer for nginx to serve.
    func copyMetrics(coding: String) async throws -> (url: String, bytes: Int) {
        let body = try LoadClient(agent.url + "/metrics", coding, 1).body()
        try body.write(to: folder.appending(path: "www/\(coding).txt"))
        return ("\(nginxURL)/\(coding).txt", body.count)
    }

    func end() async {
        await nginx.end()
        await agent.program.end()
        await cloud.program.end()
        try? FileManager.default.removeItem(at: folder)
    }
}
