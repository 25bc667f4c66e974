import Agent
import ArgumentParser
import HTTPClient

/// Asks for `/-/healthy`, so that the health check of a container needs no other program.
struct CheckHealthyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "healthy",
        abstract: "Check that a running agent is healthy, as the health check of a container.",
        discussion: """
            Asks /-/healthy, or /-/ready with --ready. Whether the agent can do its work is what \
            `graphwarden status` tells.

            Exit codes: 0 healthy, 1 not healthy or no answer, 64 wrong usage.
            """
    )

    @Flag(help: "Check that the agent is ready.")
    var ready = false

    @Option(help: "Maximum time to wait for the answer.")
    var timeout = DurationArgument(duration: .seconds(5), text: "5s")

    @OptionGroup var client: ClientOptions

    func run() async throws {
        let client = try client.checkedClient()
        do {
            let response = try await client.send(
                ready ? "/-/ready" : "/-/healthy",
                timeout: timeout.duration
            )
            if response.status == 200 { return Terminal.output("\(response.summary)") }
            Terminal.error("\(client.address): \(response.summary)")
        } catch {
            Terminal.error("\(client.address): \(error)")
        }
        throw ExitCode(1)
    }
}
