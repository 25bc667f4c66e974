import Glibc

/// What a measurement came to, as the exit status of its program; 2 is for what could not be measured.
package enum Verdict: Int32 {
    case good = 0
    case wrong = 1
    /// Everything is right, but not as cheap as it should be: true of the program, or of a machine
    /// that was busy with something else.
    case boundMissed = 3
}

/// Reads the options of a measuring program, runs it and ends with its verdict.
///
/// - Parameter usage: every option, and what it means.
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
