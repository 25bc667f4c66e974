import ArgumentParser
import JSON
import Remediation
import Tables

struct RestartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart",
        abstract: "Restart a graph now.",
        discussion: """
            Needs no approval and ends no pause. Gates that hold it are listed; --override passes \
            those that a person may pass.

            \(ExitCodes.restart)
            """
    )

    @Argument(help: "The graph: \(GraphLookup.help)")
    var graph: String

    @Option(
        name: .customLong("override"),
        help: "A gate to pass, one of \(Self.gates.joined(separator: ", ")). Repeatable."
    )
    var overrides: [String] = []

    @Flag(
        name: .customLong("force-risk-double-restart"),
        help: """
            Restart although an earlier restart may still take effect. Asks for the graph's name.
            """
    )
    var forcesRisk = false

    @Option(help: "The name of the graph, with --force-risk-double-restart and no terminal.")
    var graphName: String?

    @OptionGroup var wait: WaitOptions
    @OptionGroup var order: OrderOptions
    @OptionGroup var client: ClientOptions

    private static let gates = Override.named.map(\.rawValue).sorted()

    func validate() throws {
        for name in overrides { try KnownWords.check("--override", name, Self.gates) }
        if graphName != nil, !forcesRisk {
            throw ValidationError("--graph-name goes with --force-risk-double-restart")
        }
    }

    func run() async throws {
        let found = try await client.graph(graph)
        var members = [JSONMember("graph_id", .string(found.id))]
        if !overrides.isEmpty {
            // Naming a gate twice means the same.
            let names = Set(overrides).sorted().map { JSONValue.string($0) }
            members.append(JSONMember("overrides", .array(names)))
        }
        if forcesRisk {
            members.append(JSONMember("force_risk_double_restart", true))
            members.append(JSONMember("graph_name", .string(try typedName(of: found))))
        }
        try await wait.give(try order.order("restart", members), graph: found.id, client)
    }

    /// The agent compares the name as well.
    private func typedName(of graph: GraphReference.Candidate) throws -> String {
        if let graphName { return graphName }
        let typed = Terminal.ask(
            """
            An earlier restart of this graph may still take effect, so it may be restarted twice.
            Type the name of graph \(graph.id) to go on: 
            """
        )
        guard let typed else {
            throw ValidationError(
                "--force-risk-double-restart needs a terminal, or --graph-name with the name"
            )
        }
        guard typed == graph.name else {
            Terminal.error("not the name of the graph; nothing was ordered")
            throw ExitCode(1)
        }
        return typed
    }
}
