import ArgumentParser
import Time

/// Options of the commands that show tables.
struct ListOptions: ParsableArguments {
    @Flag(name: .customLong("no-headers"), help: "Do not print the titles of the columns.")
    var hasNoHeader = false

    @Flag(
        name: [.customShort("w"), .customLong("watch")],
        help: "Go on: redraw on a terminal, otherwise append the rows that are new or changed."
    )
    var watches = false

    @Option(help: "Time between two queries of --watch.")
    var interval = "2s"

    func validate() throws { _ = try wait() }

    /// 100 milliseconds at least.
    func wait() throws -> Duration {
        guard let wait = try? PrometheusDuration.parse(interval) else {
            throw ValidationError(
                "--interval: expected a duration such as 2s, found \"\(interval)\""
            )
        }
        guard wait >= .milliseconds(100) else {
            throw ValidationError("--interval must be 100ms or more")
        }
        return wait
    }
}
