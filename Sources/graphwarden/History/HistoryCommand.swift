import ArgumentParser

/// The audit trail.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show what was decided and done, and verify the record of it.",
        discussion: """
            The audit trail is a chain of hashes. --verify recomputes it, from the files of the \
            agent and not over its API, and tells the first line that was changed, removed or \
            inserted.

            Exit codes: 0 success, 1 the audit trail is broken, 2 unknown (the agent does not \
            respond, the ledger cannot be read), 64 wrong usage.
            """,
        subcommands: [
            HistoryListCommand.self, HistoryExportCommand.self, HistoryIncidentsCommand.self,
            HistoryShowCommand.self,
        ],
        defaultSubcommand: HistoryListCommand.self
    )
}
