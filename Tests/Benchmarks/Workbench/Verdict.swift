import Glibc

/// What was measured is fast but wrong.
package struct WrongResult: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// The result of a benchmark, as the exit status of its program; 2 means that it could not be
/// measured.
package enum Verdict: Int32 {
    case good = 0
    case wrong = 1
    /// Correct, but slower or larger than it should be, possibly because the machine was busy.
    case boundMissed = 3
}

/// Parses the options of a benchmark, runs it and exits with its verdict.
///
/// - Parameters:
///   - usage: every option and its meaning.
///   - flags: the names of the options without a value.
package func benchmark(
    _ usage: [(name: String, meaning: String)],
    flags: Set<String> = [],
    _ run: (Options) async throws -> Verdict
) async -> Never {
    do {
        let options = try Options(
            Array(CommandLine.arguments.dropFirst()),
            usage: usage,
            flags: flags
        )
        exit(try await run(options).rawValue)
    } catch let error as WrongResult {
        say("FAIL: \(error)")
        exit(Verdict.wrong.rawValue)
    } catch {
        say("\(error)")
        exit(2)
    }
}
