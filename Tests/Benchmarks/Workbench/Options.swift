/// Parses options of the form `--name=value`, and flags of the form `--name`.
package struct Options {
    private var values: [String: String] = [:]

    /// - Parameters:
    ///   - usage: every option with its meaning; any other option is an error.
    ///   - flags: the names of those that have no value.
    package init(
        _ arguments: [String],
        usage: [(name: String, meaning: String)],
        flags: Set<String> = []
    ) throws {
        for argument in arguments {
            let flag = argument.drop { $0 == "-" }
            if argument.hasPrefix("--"), flags.contains(String(flag)) {
                values[String(flag)] = ""
                continue
            }
            let parts = argument.split(separator: "=", maxSplits: 1)
            let name = String(parts[0].drop { $0 == "-" })
            guard argument.hasPrefix("--"), parts.count == 2, !flags.contains(name),
                usage.contains(where: { $0.name == name })
            else { throw BenchError(Self.help(usage, flags)) }
            values[name] = String(parts[1])
        }
    }

    private static func help(
        _ usage: [(name: String, meaning: String)],
        _ flags: Set<String>
    ) -> String {
        usage.map { "  --\($0.name)\(flags.contains($0.name) ? " " : "=")\($0.meaning)" }
            .joined(separator: "\n")
    }

    package func has(_ flag: String) -> Bool { values[flag] != nil }

    package func text(_ name: String, _ otherwise: String) -> String {
        values[name] ?? otherwise
    }

    package func number(_ name: String, _ otherwise: Int) throws -> Int {
        guard let text = values[name] else { return otherwise }
        guard let number = Int(text), number > 0 else {
            throw BenchError("--\(name) must be a whole number above 0")
        }
        return number
    }

    /// `90s`, `30m`, `2h`, in seconds.
    package func seconds(_ name: String, _ otherwise: Int) throws -> Double {
        guard let text = values[name] else { return Double(otherwise) }
        let factors: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
        guard let factor = text.last.flatMap({ factors[$0] }), let number = Double(text.dropLast()),
            number > 0
        else { throw BenchError("--\(name) must be a time such as 120s or 30m") }
        return number * factor
    }

    /// `100ms`.
    package func milliseconds(_ name: String, _ otherwise: Int) throws -> Int {
        guard let text = values[name] else { return otherwise }
        guard text.hasSuffix("ms"), let number = Int(text.dropLast(2)), number > 0 else {
            throw BenchError("--\(name) must be a time such as 100ms")
        }
        return number
    }
}
