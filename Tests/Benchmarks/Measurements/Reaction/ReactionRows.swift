package import Foundation
import Workbench

/// From the reading that proves a hang to the POST of the restart on the wire, by the log of the
/// simulated cloud, beside the same POST sent by curl.
///
/// Between the two the agent asks the hung graph twice: which tasks a restart would kill, and
/// whether it still hangs. Both are silent until their time-out, which is the graph's time, not the
/// agent's. Between them the agent waits for the end of the poll in progress.
///
/// A probe ends one time-out after it was sent, and the log has when the cloud read it: on a busy
/// machine that is some milliseconds later, and the figure so much too small.
package enum ReactionRows {
    private static let requestsOfCurl = 5

    private struct Reaction {
        /// From the time-out of the probe that proves the hang to the next request.
        let first: Double
        /// From the time-out of the last look to the POST.
        let last: Double
        /// From the first time-out to the POST.
        let total: Double
    }

    package static func measure(_ binary: URL, rounds: Int) async throws -> [Row] {
        let curl = try Programs.system("curl")
        let setup = try await ReactionSetup.start(binary, graphs: rounds)
        do {
            try await setup.waitUntilReady()
            let token = try await setup.cloud.description.token()
            var (reactions, anchor): ([Reaction], [Double]) = ([], [])
            for number in 0..<rounds {
                let requests = try await setup.requestsUntilRestart(ofGraph: number)
                let (reaction, path) = try read(requests)
                reactions.append(reaction)
                // While the restart runs, the cloud reads the same request and refuses it.
                let url = setup.cloud.description.management + path
                let post = CurlPost(program: curl, url: url, token: token)
                anchor.append(
                    try await post.seconds(
                        count: requestsOfCurl,
                        in: setup.folder
                    ).median
                )
                try await setup.waitUntilIdle(graph: number)
            }
            await setup.end()
            return rows(reactions, anchor)
        } catch {
            await setup.end()
            throw error
        }
    }

    /// The reaction, and the path of the POST.
    private static func read(_ requests: [LoggedRequest]) throws -> (Reaction, path: String) {
        let looks = requests.prefix { $0.operation != "restart_graph" }
            .filter { $0.operation == "show_graph" }
        // For the list of tasks; before the last look; after it.
        guard looks.count == 3,
            let post = requests.first(where: { $0.operation == "restart_graph" }),
            let proof = requests.last(where: { $0.isProbe && $0.seconds < looks[0].seconds })
        else {
            throw BenchError("not a complete reaction: \(requests.map(\.operation))")
        }
        let proved = proof.seconds + ReactionSetup.timeoutSeconds
        let reaction = Reaction(
            first: looks[0].seconds - proved,
            last: post.seconds - (looks[1].seconds + ReactionSetup.timeoutSeconds),
            total: post.seconds - proved
        )
        return (reaction, post.path)
    }

    private static func rows(_ reactions: [Reaction], _ anchor: [Double]) -> [Row] {
        [
            Row(
                "hang proved, to the first request",
                unit: "ms",
                anchor: "curl, the same POST",
                atLeast: nil,
                ours: Distribution(reactions.map(\.first)).times(1000),
                theirs: Distribution(anchor).times(1000)
            ),
            Row(
                "last look silent, to the POST",
                unit: "ms",
                anchor: "curl, the same POST",
                atLeast: nil,
                ours: Distribution(reactions.map(\.last)).times(1000),
                theirs: Distribution(anchor).times(1000)
            ),
            Row(
                "hang proved, to the POST",
                unit: "ms",
                anchor: "two time-outs of the graph",
                atLeast: nil,
                ours: Distribution(reactions.map(\.total)).times(1000),
                theirs: Distribution([2000 * ReactionSetup.timeoutSeconds])
            ),
        ]
    }
}
