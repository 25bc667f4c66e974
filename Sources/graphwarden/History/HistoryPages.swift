import ArgumentParser
import JSON

/// The lines of the history, page by page, newest first.
struct HistoryPages {
    let client: ClientOptions
    let filter: HistoryFilter
    let graphID: String?

    /// The most that the agent returns at once.
    private static let pageLines = 1_000

    /// Calls `body` for each line until there are no more, or `limit` lines.
    func forEach(limit: Int = .max, _ body: (JSONValue) throws -> Void) async throws {
        var rest = limit
        var after: Int64?
        repeat {
            let path = filter.path(
                graphID: graphID,
                limit: min(rest, Self.pageLines),
                after: after
            )
            let data = try await client.get(path).data
            let lines = data["lines"]?.arrayValue ?? []
            for line in lines { try body(line) }
            rest -= lines.count
            let next = data["next"]?.integerValue
            // An agent that does not move on would be asked forever.
            if let next, let after, next >= after {
                Terminal.error("the agent returned a page that does not follow the one before")
                throw ExitCode(2)
            }
            after = next
        } while after != nil && rest > 0
    }
}
