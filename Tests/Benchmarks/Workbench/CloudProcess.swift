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
