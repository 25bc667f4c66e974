import ArgumentParser
import JSON
import Remediation

struct LabelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "label",
        abstract: "Say that a decision was right or wrong.",
        discussion: """
            The word of a person counts on the scorecard instead of what the agent saw afterwards. \
            A later label replaces an earlier one.

            \(ExitCodes.orders)
            """
    )

    @Argument(help: "The incident of the decision, as graphwarden history incidents shows it.")
    var incident: String

    @Argument(help: "right or wrong: whether the graph needed a restart.")
    var label: String

    @OptionGroup var order: OrderOptions
    @OptionGroup var client: ClientOptions

    func validate() throws {
        let words = [true, false].map { DecisionLabel.word(isRight: $0) }
        try KnownWords.check("LABEL", label, words)
    }

    func run() async throws {
        try await client.give(
            try order.order(
                "label",
                [
                    JSONMember("incident", .string(incident)), JSONMember("label", .string(label)),
                ]
            )
        )
    }
}
