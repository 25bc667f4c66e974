import Foundation

/// What `graphwarden --experimental-dump-help` prints.
struct CommandDump: Decodable {
    let command: Command

    struct Command: Decodable {
        let commandName: String
        let abstract: String?
        let discussion: String?
        let shouldDisplay: Bool?
        let subcommands: [Command]?
        let arguments: [Argument]?
    }

    struct Argument: Decodable {
        struct Name: Decodable {
            let kind: String
            let name: String

            var text: String { (kind == "short" ? "-" : "--") + name }
        }

        let kind: String
        let names: [Name]?
        let valueName: String?
        let defaultValue: String?
        let allValues: [String]?
        let isRepeating: Bool
        let isOptional: Bool
        let abstract: String?
        let shouldDisplay: Bool
    }

    static func read() async throws -> Command {
        let text = try await Shell.run(["\(Shell.program)", "--experimental-dump-help"])
        return try JSONDecoder().decode(CommandDump.self, from: Data(text.utf8)).command
    }
}

extension CommandDump.Command {
    /// This command and all below it, each with its full name.
    func all(below prefix: String = "") -> [(name: String, command: CommandDump.Command)] {
        let name = prefix.isEmpty ? commandName : "\(prefix) \(commandName)"
        let below = (subcommands ?? []).filter {
            $0.commandName != "help" && $0.shouldDisplay ?? true
        }
        return [(name, self)] + below.flatMap { $0.all(below: name) }
    }

    /// Those that it does not share with every command.
    var ownArguments: [CommandDump.Argument] {
        (arguments ?? []).filter { argument in
            let names = (argument.names ?? []).map(\.name)
            return argument.shouldDisplay && !names.contains("help") && !names.contains("version")
        }
    }
}

extension CommandDump.Argument {
    /// `-o`, `--output` or `GRAPH...`.
    var label: String {
        guard kind != "positional" else {
            let name = (valueName ?? "").uppercased() + (isRepeating ? "..." : "")
            return "`" + (isOptional ? "[\(name)]" : name) + "`"
        }
        return (names ?? []).map { "`\($0.text)`" }.joined(separator: ", ")
    }

    /// Without the default and the values, which have a column of their own.
    var help: String {
        (abstract ?? "").replacing(/\s\(default: .*\)/, with: "")
            .replacing(/\s(Default|One of): [^.]*\./, with: "")
    }

    var values: String {
        if let allValues, !allValues.isEmpty {
            return allValues.map { "`\($0)`" }.joined(separator: ", ")
        }
        if let match = (abstract ?? "").firstMatch(of: /One of: ([^.]*)\./) {
            return match.1.split(separator: ", ").map { "`\($0)`" }.joined(separator: ", ")
        }
        return ""
    }

    var defaultText: String {
        if let defaultValue, !defaultValue.isEmpty { return "`\(defaultValue)`" }
        let text = abstract ?? ""
        if let match = text.firstMatch(of: /\(default: (.*)\)/) { return String(match.1) }
        if let match = text.firstMatch(of: /Default: ([^.]*)\./) { return String(match.1) }
        return ""
    }
}
