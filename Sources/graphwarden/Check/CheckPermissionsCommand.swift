import Agent
import ArgumentParser
import Configuration
import JSON

/// Tries the requests of the agent against the cloud that the configuration names.
struct CheckPermissionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "permissions",
        abstract: "Check that the cloud and the graphs permit what the agent needs.",
        discussion: """
            Sends one read-only request for each API that the agent uses, and for each path to \
            graphs one for each configured probe, the running tasks, the real-time queries and, if \
            they are read, the metrics of nodes. Nothing is changed. A failed request names the missing IAM action or network rule. The \
            restart itself cannot be tried.

            Exit codes: 0 everything is permitted, 1 something is refused or unreachable, 2 the \
            configuration is invalid or something could not be determined, 64 wrong usage.
            """
    )

    @Option(name: .customLong("config.file"), help: "Path of the configuration file to load.")
    var file = "graphwarden.yml"

    @Option(name: [.customShort("o"), .customLong("output")], help: "Output format.")
    var output = ClientOptions.Output.table

    func run() async throws {
        let checks: [PermissionCheck]
        do {
            let loaded = try LoadedConfiguration.load(file)
            checks = try await PermissionChecks.run(loaded.configuration)
        } catch {
            Terminal.error("\(error)")
            throw ExitCode(2)
        }
        switch output {
        case .table:
            for line in checks.table { Terminal.output(line) }
            Terminal.output(PermissionChecks.notTried)
        case .json:
            let bytes = try checks.json.serialized()
            Terminal.output(String(decoding: bytes, as: UTF8.self))
        }
        if checks.exitCode != 0 { throw ExitCode(checks.exitCode) }
    }
}
