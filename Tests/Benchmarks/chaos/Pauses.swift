import Foundation
import GESSimulator
import Synchronization
import Time
import Workbench

/// The pauses of a round, and when each of them certainly held.
final class Pauses: Sendable {
    struct Hold: Sendable {
        /// nil for the whole fleet.
        let graph: String?
        /// When the answer to the pause had come.
        let from: Timestamp
        /// When somebody began to ask for its end; nil while it holds.
        var to: Timestamp?
    }

    private struct State {
        var holds: [Hold] = []
        /// Pauses without an answer yet, by number.
        var asked: [Int: String?] = [:]
        var orders = 0
        var graphs: Set<String?> = []
    }

    private let state = Mutex(State())
    private let clock: CloudClock

    init(_ clock: CloudClock) {
        self.clock = clock
    }

    var holds: [Hold] { state.withLock(\.holds) }
    /// What was ever paused.
    var graphs: Set<String?> { state.withLock(\.graphs) }

    func pause(_ graph: String?, by url: String) async {
        let number = state.withLock { state in
            state.orders += 1
            state.asked[state.orders] = graph
            state.graphs.insert(graph)
            return state.orders
        }
        let status = await order("pause", graph, number, #","for":"1h""#, by: url)
        let now = clock.now()
        state.withLock { state in
            // An end that was asked for meanwhile may have come before or after.
            guard state.asked.removeValue(forKey: number) != nil, status == 200 else { return }
            state.holds.append(Hold(graph: graph, from: now))
        }
    }

    /// Returns whether nothing is paused any more.
    func resume(_ graph: String?, by url: String) async -> Bool {
        let number = end(graph)
        let status = await order("resume", graph, number, "", by: url)
        return status.map { $0 < 500 } ?? false
    }

    private func end(_ graph: String?) -> Int {
        let now = clock.now()
        return state.withLock { state in
            for index in state.holds.indices
            where state.holds[index].graph == graph && state.holds[index].to == nil {
                state.holds[index].to = now
            }
            state.asked = state.asked.filter { $0.value != graph }
            state.orders += 1
            return state.orders
        }
    }

    /// The status of the answer; nil without one.
    private func order(
        _ verb: String,
        _ graph: String?,
        _ number: Int,
        _ more: String,
        by url: String
    ) async -> Int? {
        let scope = graph.map { #""graph","graph_id":"\#($0)""# } ?? #""fleet""#
        let body =
            #"{"id":"order-\#(number)","by":"alice","reason":"chaos","scope":\#(scope)\#(more)}"#
        let answer = try? await Web.send(
            "POST",
            "\(url)/api/v1/admin/\(verb)",
            Data(body.utf8),
            headers: [
                "Content-Type": "application/json", "Authorization": AgentFiles.authorization,
            ]
        )
        return answer?.status
    }
}
