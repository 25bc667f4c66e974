import Foundation
import Workbench

/// Debian's monit, which asks every graph for its version every 30 seconds: a quarter of what the
/// agent asks.
enum Monit {
    static func start(_ cloud: CloudProcess, in folder: URL) async throws -> RunningProgram {
        let token = try await cloud.description.token()
        let checks = try await cloud.graphNames().map { name in
            """
            check host \(name) with address 127.0.0.1
              if failed port \(cloud.description.data_plane_port) protocol http
                with http headers [X-Auth-Token: \(token), X-Language: en-us]
                request "/ges/v1.0/\(cloud.description.project_id)/graphs/\(name)/version"
              then alert
            """
        }
        let file = folder.appending(path: "monitrc")
        let settings = """
            set daemon 30
            set pidfile \(folder.path)/monit.pid
            set idfile \(folder.path)/monit.id
            set statefile \(folder.path)/monit.state

            """
        try Data((settings + checks.joined(separator: "\n") + "\n").utf8).write(to: file)
        // It refuses a file that others may read.
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        return try RunningProgram(
            "monit",
            Programs.benchmarked("monit"),
            ["-I", "-c", file.path],
            in: folder
        )
    }
}
