import Agent
import ArgumentParser
import Files
import Glibc

/// The arguments of `run`, with those that the environment adds.
struct RunLine: Sendable {
    /// Read once, before the agent changes its environment.
    static let current = RunLine(Array(CommandLine.arguments.dropFirst()))

    private static let flags = FlagSet(
        description: RunCommand._dumpHelp(),
        alternatives: ["web.listen-address", "web.systemd-socket"]
    )

    /// Starting with the name of the command.
    let arguments: [String]
    private let added: [String]
    private let mistake: FlagError?

    private init(_ arguments: [String]) {
        do throws(FlagError) {
            added = try Self.flags.arguments(besides: arguments) { name in
                unsafe getenv(name).map { unsafe String(cString: $0) }
            }
            mistake = nil
        } catch {
            added = []
            mistake = error
        }
        self.arguments = arguments.prefix(1) + added + arguments.dropFirst()
    }

    /// The flags in force by name.
    var values: [String: String] { Self.flags.values(in: arguments) }

    /// The variables that look like a flag's and are not.
    var warnings: [String] {
        // Best effort: the file is missing where /proc is.
        let bytes = (try? TextFile.bytes("/proc/self/environ")) ?? []
        let names = bytes.split(separator: 0).map { variable in
            String(decoding: variable.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)
        }
        return Self.flags.warnings(about: names, others: [AgentAddress.variable])
    }

    /// Exits if a variable cannot set its flag, and names the variables if the parser will refuse
    /// the flags: its messages speak of flags that the user has not written.
    func explainMistakes() {
        if let mistake {
            Terminal.error("\(mistake)")
            exit(ExitCode.validationFailure.rawValue)
        }
        guard !added.isEmpty else { return }
        do {
            _ = try Graphwarden.parseAsRoot(arguments)
        } catch  where Graphwarden.exitCode(for: error) == .validationFailure {
            let variables = Self.flags.variables(of: added).joined(separator: ", ")
            Terminal.error("These variables set flags: \(variables)")
        } catch {}
    }
}
