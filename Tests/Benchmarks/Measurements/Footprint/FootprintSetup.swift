package import Foundation
package import Workbench

/// The agent with its simulated cloud, and the programs to compare: Debian's node_exporter, and a
/// Prometheus that scrapes the agent and evaluates the same rules, with its Alertmanager.
package struct FootprintSetup {
    /// The agent first.
    package let measured: [RunningProgram]
    private let cloud: CloudProcess
    private let folder: URL
    private let nodeExporterURL: String

    /// - Parameter monit: whether Debian's monit, which is only unpacked for the performance book,
    ///   also asks every graph for its version.
    package static func start(
        _ binary: URL,
        graphs: Int,
        monit: Bool = false
    ) async throws -> FootprintSetup {
        let folder = try Programs.folder("footprint")
        let cloud = try await CloudProcess.start(binary, graphs: graphs, in: folder)
        let agent = try await AgentProcess.start(
            binary,
            configuration: configuration(cloud.description),
            password: cloud.description.password,
            in: folder
        )
        let ports = try await FreePorts.find(3)
        let nodeExporter = try RunningProgram(
            "prometheus-node-exporter",
            try Programs.debian("prometheus-node-exporter"),
            ["--web.listen-address=127.0.0.1:\(ports[0])"],
            in: folder
        )
        let alertmanager = try startAlertmanager(in: folder, port: ports[1])
        let prometheus = try startPrometheus(
            in: folder,
            port: ports[2],
            target: agent.url,
            alertmanagerPort: ports[1]
        )
        return FootprintSetup(
            measured: [agent.program, nodeExporter, prometheus, alertmanager]
                + (monit ? [try await Monit.start(cloud, in: folder)] : []),
            cloud: cloud,
            folder: folder,
            nodeExporterURL: "http://127.0.0.1:\(ports[0])/metrics"
        )
    }

    private static func startAlertmanager(in folder: URL, port: Int) throws -> RunningProgram {
        try Data("route: {receiver: none}\nreceivers: [{name: none}]\n".utf8)
            .write(to: folder.appending(path: "alertmanager.yml"))
        // The path where the program from `packaging/dependencies` looks for its templates.
        try FileManager.default.createSymbolicLink(
            at: folder.appending(path: "templates"),
            withDestinationURL: Programs.root.appending(
                path: ".build/debian/usr/share/prometheus/alertmanager"
            )
        )
        return try RunningProgram(
            "prometheus-alertmanager",
            try Programs.debian("prometheus-alertmanager"),
            [
                "--config.file=alertmanager.yml", "--storage.path=alertmanager",
                "--web.listen-address=127.0.0.1:\(port)", "--cluster.listen-address=",
            ],
            in: folder
        )
    }

    private static func startPrometheus(
        in folder: URL,
        port: Int,
        target: String,
        alertmanagerPort: Int
    ) throws -> RunningProgram {
        let configuration = """
            global: {scrape_interval: 30s, evaluation_interval: 30s}
            rule_files: ["\(Programs.root.path)/rules/*.yml"]
            scrape_configs:
              - job_name: graphwarden
                static_configs: [{targets: ["\(target.dropFirst("http://".count))"]}]
            alerting:
              alertmanagers:
                - static_configs: [{targets: ["127.0.0.1:\(alertmanagerPort)"]}]
            """
        try Data(configuration.utf8).write(to: folder.appending(path: "prometheus.yml"))
        return try RunningProgram(
            "prometheus",
            try Programs.debian("prometheus"),
            [
                "--config.file=prometheus.yml", "--storage.tsdb.path=prometheus",
                "--web.listen-address=127.0.0.1:\(port)",
            ],
            in: folder
        )
    }

    private static func configuration(_ cloud: CloudProcess.Description) -> String {
        """
        \(cloud.section)
        sampling:
          interval: 30s
          data_plane: \(cloud.dataPlane)
        rule_files: ["\(Programs.root.path)/rules/*.yml"]

        """
    }

    /// Scrapes every fifteen seconds, like a Prometheus.
    package func scrapeNodeExporter(forSeconds seconds: Double) async throws {
        let end = Date.now.addingTimeInterval(seconds)
        while Date.now < end {
            _ = try? await Web.get(nodeExporterURL)
            let rest = min(15, end.timeIntervalSinceNow)
            if rest > 0 { try await Task.sleep(for: .seconds(rest)) }
        }
    }

    package func end() async {
        // monit first: it closes the descriptor by which Foundation notices its end, and until it has
        // ended Foundation notices no other end.
        for program in measured.reversed() { await program.end() }
        await cloud.program.end()
        try? FileManager.default.removeItem(at: folder)
    }
}
