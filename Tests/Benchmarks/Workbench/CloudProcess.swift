package import Foundation

/// The simulated cloud as a separate process, and its control interface.
package struct CloudProcess {
    /// Endpoints and credentials, as `graphwarden simulate -o json` prints them.
    package struct Description: Decodable {
        package let management: String
        package let data_plane_port: String
        package let control: String
        package let region: String
        package let project_id: String
        package let domain: String
        package let user: String
        package let password: String

        /// The section `cloud` of a configuration beside a file `password`.
        package var section: String {
            """
            cloud:
              region: \(region)
              project_id: \(project_id)
              endpoints: {ges: "\(management)", iam: "\(management)", ces: "\(management)"}
              credentials:
                password: {domain: \(domain), user: \(user), password_file: password}
            """
        }

        /// The value of `sampling.data_plane`.
        package var dataPlane: String {
            "{scheme: http, address: private, port: \(data_plane_port), allow: [127.0.0.0/8]}"
        }
    }

    package let program: RunningProgram
    package let description: Description

    package static func start(
        _ binary: URL,
        graphs: Int,
        arguments: [String] = [],
        in folder: URL
    ) async throws -> CloudProcess {
        let program = try RunningProgram(
            "simulator",
            binary,
            ["simulate", "--output=json", "--graphs=\(graphs)"] + arguments,
            in: folder
        )
        let line = try await program.waitForOutput(#"(\{.*\})"#)
        let description = try JSONDecoder().decode(Description.self, from: Data(line.utf8))
        return CloudProcess(program: program, description: description)
    }

    /// Returns whether the control request succeeded.
    @discardableResult
    package func control(_ method: String, _ path: String, _ body: String = "{}") async -> Bool {
        let answer = try? await Web.send(method, description.control + "/control" + path, body)
        return answer?.status == 200
    }

    /// The graphs' ids, as the simulator lists them.
    package func graphIDs() async throws -> [String] {
        try await listed().map(\.id)
    }

    package func graphNames() async throws -> [String] {
        try await listed().map(\.name)
    }

    private struct ListedGraph: Decodable {
        let id: String
        let name: String
    }

    private func listed() async throws -> [ListedGraph] {
        struct Listing: Decodable { let graphs: [ListedGraph] }
        let answer = try await Web.get(description.control + "/control/graphs")
        return try JSONDecoder().decode(Listing.self, from: answer.body).graphs
    }
}
