import ArgumentParser
import LiveRehearsal
import Remediation

/// The flags of a rehearsal on the real service.
struct LiveRehearsalOptions: ParsableArguments {
    @Option(
        help: """
            Restart this graph of the real service once and report which assumptions held: \
            \(GraphLookup.help)
            """
    )
    var graph: String?

    @Option(
        name: .customLong("yes-restart"),
        help: ArgumentHelp(
            "The full name of the graph, with --graph and no terminal.",
            valueName: "name"
        )
    )
    var typedName: String?

    @Option(
        name: .customLong("expendable-tag"),
        help: ArgumentHelp(
            "The tag without which --graph restarts nothing.",
            valueName: "key=value"
        )
    )
    var tag = RehearsalSettings.Tag.standard

    @Flag(help: "Only read, with --graph, and report which assumptions held.")
    var withoutRestart = false

    @Option(
        name: .customLong("override"),
        help: """
            A wait to skip, with --graph: startup_grace or state_change_grace. Repeatable.
            """
    )
    var overrides: [String] = []

    @Option(
        name: .customLong("storage.path"),
        help: "Path of the ledger, with --graph: that of the agent, which must not run meanwhile."
    )
    var storagePath = "data"

    @Flag(
        name: .customLong("new-ledger"),
        help: "With --graph, begin a ledger if the storage path has none."
    )
    var isNewLedger = false

    @Option(help: "Who rehearses, with --graph. (default: user@host)")
    var by: String?

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: "Output format, with --graph."
    )
    var output = ClientOptions.Output.table

    @Option(
        help: ArgumentHelp("Write the report to this file, with --graph.", valueName: "file")
    )
    var report: String?

    private static let waits = RehearsalSettings.permittedOverrides.map(\.rawValue).sorted()

    func validate() throws {
        for name in overrides { try KnownWords.check("--override", name, Self.waits) }
        let hasOther =
            typedName != nil || withoutRestart || isNewLedger || !overrides.isEmpty || by != nil
            || report != nil
        guard graph != nil || !hasOther else {
            throw ValidationError(
                "--yes-restart, --without-restart, --new-ledger, --override, --by and --report go"
                    + " with --graph"
            )
        }
        guard typedName == nil || !withoutRestart else {
            throw ValidationError("--yes-restart and --without-restart exclude each other")
        }
    }

    var settings: RehearsalSettings {
        var settings = RehearsalSettings()
        settings.tag = tag
        settings.overrides = Set(overrides.compactMap(Override.init))
        settings.by = by ?? Person.description
        settings.storagePath = storagePath
        settings.sends = !withoutRestart
        return settings
    }
}

extension RehearsalSettings.Tag: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(argument)
    }

    public var defaultValueDescription: String { description }
}
