import ArgumentParser
import Time

/// Which part of the history is replayed.
struct BacktestRange: ParsableArguments {
    @Option(help: "From then on: an age such as 90d, or RFC 3339.")
    var from: MomentArgument?

    @Option(help: "Until then: an age such as 1h, or RFC 3339.")
    var to: MomentArgument?

    @Option(help: "The same as --from.")
    var since: MomentArgument?

    func validate() throws {
        if from != nil, since != nil {
            throw ValidationError("--from and --since exclude each other")
        }
    }

    func bounds(at now: Timestamp) throws -> (Timestamp, Timestamp) {
        let first = (from ?? since)?.moment(at: now) ?? .distantPast
        let last = to?.moment(at: now) ?? .distantFuture
        guard first < last else { throw ValidationError("--from must be before --to") }
        return (first, last)
    }
}
