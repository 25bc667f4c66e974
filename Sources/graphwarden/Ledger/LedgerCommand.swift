import ArgumentParser
import Ledger

struct LedgerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "Work with the agent's ledger.",
        subcommands: [LedgerBackupCommand.self]
    )
}

/// Reads the agent's files, not its API: a backup must be possible while no agent runs.
struct LedgerBackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the ledger to a new file, while an agent may be using it.",
        discussion: """
            The copy is consistent, checked, and readable by its owner only; an existing file is \
            never replaced. Run as the user of the agent, or as root.

            To restore it, stop the agent, remove ledger.db, ledger.db-wal and ledger.db-shm from \
            its storage directory, copy the backup there as ledger.db with the owner of the agent \
            and mode 600, and start the agent. The agent does not know the restarts that it made \
            after the backup: its limits per graph and for the fleet start from the backup.

            Exit codes: 0 done, 1 failed, 64 wrong usage.
            """
    )

    @Argument(help: "The file to create.")
    var file: String

    @Option(
        name: .customLong("storage.path"),
        help: "Directory of the ledger, as given to the agent."
    )
    var storagePath = "data"

    func run() throws {
        do {
            let bytes = try LedgerBackup.write(ofFolder: storagePath, to: file)
            Terminal.output("\(file): \(bytes) bytes")
        } catch {
            Terminal.error("\(error)")
            throw ExitCode(1)
        }
    }
}
