import Foundation
import TestSupport
import Workbench

/// The agent, and nginx as a cloud whose graphs all answer at one address.
struct SamplingSetup {
    struct Poll {
        let seconds: Double
        /// Until the last graph was read.
        let probeSeconds: Double
        let cpuSeconds: Double
    }

    private let agent: AgentProcess
    private let cloud: RunningProgram
    private let folder: URL
    private let port: Int
    private let graphs: Int

    private static let pageSize = 100
    private static let project = "0123456789abcdef0123456789abcdef"

    static func start(_ options: Options, graphs: Int) async throws -> SamplingSetup {
        let folder = try Programs.folder("sampling")
        let binary = try Programs.graphwarden(options)
        let port = try await FreePorts.find(1)[0]
        try writePages(graphs, in: folder)
        try Data(nginxConfiguration(port, folder).utf8)
            .write(to: folder.appending(path: "nginx.conf"))
        let cloud = try RunningProgram(
            "nginx",
            Programs.root.appending(path: ".build/debian/usr/sbin/nginx"),
            ["-p", folder.path + "/", "-c", "nginx.conf", "-e", "nginx-error.log"],
            in: folder
        )
        try await eventually("nginx answers") {
            (try? await Web.get("http://127.0.0.1:\(port)/alive"))?.status == 200
        }
        let agent = try await AgentProcess.start(
            binary,
            configuration: configuration(port),
            password: "token",
            in: folder
        )
        return SamplingSetup(
            agent: agent,
            cloud: cloud,
            folder: folder,
            port: port,
            graphs: graphs
        )
    }

    private static func writePages(_ graphs: Int, in folder: URL) throws {
        let pages = folder.appending(path: "pages")
        try FileManager.default.createDirectory(at: pages, withIntermediateDirectories: true)
        for offset in stride(from: 0, to: graphs, by: pageSize) {
            let entries = (offset..<min(offset + pageSize, graphs)).map { number in
                """
                {"id":"graph-\(number)","name":"n\(number)","status":"200","private_ip":"127.0.0.1",\
                "data_store_version":"2.4.6","graph_size_type_index":"2",\
                "tags":[{"key":"env","value":"prod"}]}
                """
            }
            let page = "{\"graph_count\":\(graphs),\"graphs\":[\(entries.joined(separator: ","))]}"
            try Data(page.utf8).write(to: pages.appending(path: "\(offset)"))
        }
    }

    private static func nginxConfiguration(_ port: Int, _ folder: URL) -> String {
        let graph = "/ges/v1.0/\(project)/graphs/[^/]+"
        return """
            worker_processes 1;
            daemon off;
            pid nginx.pid;
            events { worker_connections 4096; }
            http {
              access_log off;
              default_type application/json;
              keepalive_requests 100000000;
              client_body_temp_path temp1; proxy_temp_path temp2; fastcgi_temp_path temp3;
              uwsgi_temp_path temp4; scgi_temp_path temp5;
              server {
                listen 127.0.0.1:\(port) backlog=4096;
                root \(folder.path);
                location = /alive { return 200 '{}'; }
                location = /v2/\(project)/graphs { try_files /pages/$arg_offset =404; }
                location = /v2/\(project)/graphs/jobs {
                  return 200 '{"job_count":0,"job_list":[]}';
                }
                location ~ ^\(graph)/version$ { return 200 '{"version":"2.4.6"}'; }
                location ~ ^\(graph)/summary$ {
                  return 200 '{"data":{"vertexNum":146,"edgeNum":1659}}';
                }
                location ~ ^\(graph)/jobs/status$ { return 200 '{"jobCount":0,"jobs":[]}'; }
                location ~ ^\(graph)/om/real-time-queries$ {
                  return 200 '{"read_running_queue_length":0,"current_queries":[]}';
                }
              }
            }

            """
    }

    private static func configuration(_ port: Int) -> String {
        """
        cloud:
          region: cn-north-4
          project_id: \(project)
          endpoints: {ges: "http://127.0.0.1:\(port)"}
          credentials: {token: {file: password}}
        sampling:
          interval: 20s
          data_plane: {scheme: http, port: \(port), allow: [127.0.0.0/8]}
        rule_files: []

        """
    }

    /// Waits for the end of a poll, by its number from 1.
    func poll(_ number: Int) async throws -> Poll {
        let before = try agent.program.reading().cpuSeconds
        let cycles = #"graphwarden_sampling_cycles_total{source="ges_api"}"#
        try await eventually(
            "poll \(number) ends",

            every: .milliseconds(100)
        ) {
            (try? await agent.metric(cycles)) ?? 0 >= Double(number)
        }
        func duration(_ source: String) async throws -> Double {
            let series = "graphwarden_sampling_last_cycle_duration_seconds{source=\"\(source)\"}"
            guard let seconds = try await agent.metric(series) else {
                throw BenchError("\(series) is missing")
            }
            return seconds
        }
        let answered = try await agent.metric(
            #"ges_graphs{project_id="\#(Self.project)",phase="running"}"#
        )
        guard answered == Double(graphs) else {
            throw BenchError("\(answered ?? 0) graphs run:\n\(agent.program.output.suffix(2000))")
        }
        return Poll(
            seconds: try await duration("ges_api"),
            probeSeconds: try await duration("probe"),
            cpuSeconds: try agent.program.reading().cpuSeconds - before
        )
    }

    /// The rate of wrk over as many connections as the agent has.
    func wrk(seconds: Int) async throws -> Double {
        let script = """
            local paths = {"version", "summary?label_details=false",
              "jobs/status?limit=1000&offset=0", "om/real-time-queries?summary=false"}
            local n = 0
            wrk.headers["X-Auth-Token"] = "token"
            wrk.headers["X-Language"] = "en-us"
            function request()
              n = n + 1
              return wrk.format("GET", "/ges/v1.0/\(Self.project)/graphs/n"
                .. math.floor(n / 4) % \(graphs) .. "/" .. paths[n % 4 + 1])
            end
            """
        try Data(script.utf8).write(to: folder.appending(path: "requests.lua"))
        let debian = Programs.root.appending(path: ".build/debian").path
        let program = try RunningProgram(
            "wrk",
            URL(filePath: "/usr/bin/env"),
            [
                "LD_LIBRARY_PATH=\(debian)/usr/lib/x86_64-linux-gnu", "\(debian)/usr/bin/wrk",
                "-t1",
                "-c256", "-d\(seconds)s", "-s", "requests.lua", "http://127.0.0.1:\(port)",
            ],
            in: folder
        )
        let rate = try await program.waitForOutput(#"Requests/sec:\s+([0-9.]+)"#)
        return Double(rate) ?? 0
    }

    func stopAgent() async {
        await agent.program.end()
    }

    func end() async {
        await agent.program.end()
        await cloud.end()
        try? FileManager.default.removeItem(at: folder)
    }
}
