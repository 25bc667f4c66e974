import Glibc

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
/// - Parameter usage: every option and its meaning.
package func benchmark(
    _ usage: [(name: String, meaning: String)],
    _ run: (Options) async throws -> Verdict
) async -> Never {
    do {
        let options = try Options(Array(CommandLine.arguments.dropFirst()), usage: usage)
        exit(try await run(options).rawValue)
    } catch {
        say("\(error)")
        exit(2)
    }
}
