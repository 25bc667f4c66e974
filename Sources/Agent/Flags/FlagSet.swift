import JSON
import StrictYAML

/// The flags of a command, which the environment can set too: `--web.listen-address` by
/// `GRAPHWARDEN_WEB_LISTEN_ADDRESS`. A flag on the command line takes precedence.
package struct FlagSet: Sendable {
    struct Flag: Sendable, Hashable {
        /// Without the dashes in front.
        let name: String
        /// A flag without a value is true or false.
        var takesValue = true
        var isRepeatable = false
        /// Nil if the program shows none.
        var defaultValue: String?

        var variable: String {
            variablePrefix
                + String(name.map { $0 == "." || $0 == "-" ? "_" : $0 }).uppercased()
        }

        /// The words of the command line that set a flag to false.
        var negation: String { "--no-\(name)" }
    }

    static let variablePrefix = "GRAPHWARDEN_"

    let flags: [Flag]
    /// Names of flags of which at most one may be set: one on the command line also takes
    /// precedence over the variables of the others.
    private let alternatives: Set<String>

    /// - Parameters:
    ///   - description: what `--experimental-dump-help` prints, so that no flag can be forgotten.
    ///   - alternatives: names of flags that exclude each other.
    package init(description: String, alternatives: Set<String> = []) {
        let arguments = try? JSONValue.parse(Array(description.utf8))["command"]?["arguments"]
        self.init((arguments?.arrayValue ?? []).compactMap(Flag.init), alternatives: alternatives)
    }

    init(_ flags: [Flag], alternatives: Set<String> = []) {
        self.flags = flags
        self.alternatives = alternatives
    }

    /// The flags that the environment sets and `arguments` do not, in the form of arguments.
    ///
    /// - Parameter variable: the value of a variable. An empty one counts as not set.
    package func arguments(
        besides arguments: [String],
        variable: (String) -> String?
    ) throws(FlagError) -> [String] {
        let assignments = assignments(in: arguments)
        var given = Set(assignments.map(\.flag.name))
        let isChosen = assignments.contains { flag, value in
            alternatives.contains(flag.name) && (flag.takesValue || value == "true")
        }
        if isChosen { given.formUnion(alternatives) }
        var words: [String] = []
        for flag in flags where !given.contains(flag.name) {
            guard let value = variable(flag.variable), !value.isEmpty else { continue }
            words += try flag.words(for: value)
        }
        return words
    }

    /// The variables that set the flags of `arguments`.
    package func variables(of arguments: [String]) -> [String] {
        var seen: Set<String> = []
        return assignments(in: arguments).map(\.flag.variable).filter { seen.insert($0).inserted }
    }

    /// The values in force, by name, as Prometheus shows them. A repeated value is a list.
    package func values(in arguments: [String]) -> [String: String] {
        var values: [String: String] = [:]
        for flag in flags {
            values[flag.name] = flag.takesValue ? flag.defaultValue ?? "" : "false"
        }
        var seen: Set<String> = []
        for (flag, value) in assignments(in: arguments) {
            let isFirst = seen.insert(flag.name).inserted
            let others = isFirst || !flag.isRepeatable ? "" : values[flag.name].map { $0 + "," }
            values[flag.name] = (others ?? "") + value
        }
        return values
    }

    /// What is written in `arguments`, which the argument parser has accepted.
    private func assignments(in arguments: [String]) -> [(flag: Flag, value: String)] {
        var assignments: [(Flag, String)] = []
        var rest = arguments[...]
        while let word = rest.popFirst(), word != "--" {
            guard word.hasPrefix("--") else { continue }
            let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1)
            guard let name = parts.first else { continue }
            if let flag = flags.first(where: { $0.name == name }) {
                guard flag.takesValue else {
                    assignments.append((flag, "true"))
                    continue
                }
                let joined = word.contains("=") ? String(parts.dropFirst().first ?? "") : nil
                assignments.append((flag, joined ?? rest.popFirst() ?? ""))
            } else if let flag = flags.first(where: { !$0.takesValue && $0.negation == word }) {
                assignments.append((flag, "false"))
            }
        }
        return assignments
    }

    // MARK: Unknown variables

    /// A warning for each variable of the agent's prefix that sets nothing.
    ///
    /// - Parameter others: further variables that the program knows.
    package func warnings(about names: [String], others: [String]) -> [String] {
        let known = flags.map(\.variable) + others
        return names.filter { name in
            name.hasPrefix(Self.variablePrefix) && !known.contains(name)
                && !Self.isServiceLink(name)
        }.sorted().map { name in
            let hint = Suggestion.closest(to: name, among: known)
            return "the variable \(name) sets no flag"
                + (hint.map { "; did you mean \($0)?" } ?? "")
        }
    }

    /// Whether Kubernetes sets the variable in every container of a namespace that has a service
    /// with a name such as `graphwarden`.
    static func isServiceLink(_ name: String) -> Bool {
        name.contains(/_SERVICE_HOST$|_SERVICE_PORT(_[A-Z0-9_]+)?$|_PORT$/)
            || name.contains(/_PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/)
    }
}

extension FlagSet.Flag {
    fileprivate init?(_ argument: JSONValue) {
        let names = (argument["names"]?.arrayValue ?? [])
            .filter { $0["kind"] == "long" }.compactMap { $0["name"]?.stringValue }
        guard let name = names.first(where: { !$0.hasPrefix("no-") }),
            argument["shouldDisplay"]?.boolValue == true, !["help", "version"].contains(name)
        else { return nil }
        self.init(
            name: name,
            takesValue: argument["kind"] == "option",
            isRepeatable: argument["isRepeating"]?.boolValue ?? false,
            defaultValue: argument["defaultValue"]?.stringValue
        )
    }

    fileprivate func words(for value: String) throws(FlagError) -> [String] {
        guard takesValue else {
            switch value {
            case "true", "1": return ["--\(name)"]
            case "false", "0": return [negation]
            default: throw FlagError("\(variable) must be true or false, not \"\(value)\"")
            }
        }
        guard isRepeatable else { return ["--\(name)=\(value)"] }
        let items = value.split(separator: ",").map { $0.filter { $0 != " " } }
        return items.filter { !$0.isEmpty }.map { "--\(name)=\($0)" }
    }
}

/// Why a variable cannot set its flag.
package struct FlagError: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
