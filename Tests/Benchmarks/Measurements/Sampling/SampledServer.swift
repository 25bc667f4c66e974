import Foundation
import TestSupport
import Workbench

/// A cloud whose graphs all answer at one port.
package struct SampledServer {
    package enum Kind: String, Sendable {
        case simulator
        case nginx
    }

    let program: RunningProgram
    /// The control interface of the simulator.
    let cloud: CloudProcess?
    let projectID: String
    let port: String
    /// The endpoints and credentials of the agent's configuration.
    let access: String
    /// The content of the file `password`.
    let password: String
    let token: String
    let graphNames: [String]

    // MARK: The simulated cloud

    static func simulator(
        _ binary: URL,
        _ graphs: Int,
        in folder: URL
    ) async throws -> SampledServer {
        let cloud = try await CloudProcess.start(binary, graphs: graphs, in: folder)
        let description = cloud.description
        let token = try await description.token()
        return SampledServer(
            program: cloud.program,
            cloud: cloud,
            projectID: description.project_id,
            port: description.data_plane_port,
            access: """
                  endpoints: {ges: "\(description.management)", iam: "\(description.management)", \
                ces: "\(description.management)"}
                  credentials:
                    password: {domain: \(description.domain), user: \(description.user), \
                password_file: password}
                """,
            password: description.password,
            token: token,
            graphNames: try await graphNames(description, token)
        )
    }

    /// The names of the first page, which is enough for the same requests.
    private static func graphNames(
        _ cloud: CloudProcess.Description,
        _ token: String
    ) async throws -> [String] {
        struct Listing: Decodable {
            struct Graph: Decodable { let name: String }
            let graphs: [Graph]
        }
        let answer = try await Web.send(
            "GET",
            "\(cloud.management)/v2/\(cloud.project_id)/graphs?offset=0&limit=100",
            nil as Data?,
            headers: ["X-Auth-Token": token]
        )
        return try JSONDecoder().decode(Listing.self, from: answer.body).graphs.map(\.name)
    }

    // MARK: nginx

    private static let pageSize = 100
    private static let nginxProject = "0123456789abcdef0123456789abcdef"

    static func nginx(_ graphs: Int, in folder: URL) async throws -> SampledServer {
        let port = try await FreePorts.find(1)[0]
        try writePages(graphs, in: folder)
        try Data(nginxConfiguration(port, folder).utf8)
            .write(to: folder.appending(path: "nginx.conf"))
        let program = try RunningProgram(
            "nginx",
            Programs.debian("nginx", folder: "sbin"),
            ["-p", folder.path + "/", "-c", "nginx.conf", "-e", "nginx-error.log"],
            in: folder
        )
        try await eventually("nginx answers") {
            (try? await Web.get("http://127.0.0.1:\(port)/alive"))?.status == 200
        }
        return SampledServer(
            program: program,
            cloud: nil,
            projectID: nginxProject,
            port: "\(port)",
            access: """
                  endpoints: {ges: "http://127.0.0.1:\(port)"}
                  credentials: {token: {file: password}}
                """,
            password: "token",
            token: "token",
            graphNames: (0..<min(graphs, 1000)).map { "n\($0)" }
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
        let graph = "/ges/v1.0/\(nginxProject)/graphs/[^/]+"
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
                location = /v2/\(nginxProject)/graphs { try_files /pages/$arg_offset =404; }
                location = /v2/\(nginxProject)/graphs/jobs {
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
}
