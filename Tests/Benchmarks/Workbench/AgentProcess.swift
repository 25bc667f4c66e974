package import Foundation

/// The agent as a separate process.
package struct AgentProcess {
    package let program: RunningProgram
    package let url: String

    /// Writes the configuration into `folder` and starts the agent there.
    package static func start(
        _ binary: URL,
        configuration: String,
        password: String,
        arguments: [String] = [],
        environment: [String: String] = [:],
        in folder: URL
    ) async throws -> AgentProcess {
        let secret = folder.appending(path: "password")
        try Data(password.utf8).write(to: secret)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600],
            ofItemAtPath: secret.path
        )
        try Data(configuration.utf8).write(to: folder.appending(path: "graphwarden.yml"))
        let program = try RunningProgram(
            "graphwarden",
            binary,
            [
                "run", "--config.file=graphwarden.yml", "--web.listen-address=127.0.0.1:0",
                "--storage.path=data",
            ] + arguments,
            environment: environment,
            in: folder
        )
        let address = try await program.waitForOutput(#"msg="Listening on" address=(\S+)"#)
        return AgentProcess(program: program, url: "http://\(address)")
    }

    /// The value of one series of `/metrics`; nil if it is absent.
    package func metric(_ series: String) async throws -> Double? {
        let text = String(decoding: try await Web.get(url + "/metrics").body, as: UTF8.self)
        for line in text.split(separator: "\n") where line.hasPrefix(series + " ") {
            return Double(line.dropFirst(series.count + 1))
        }
        return nil
    }
}
