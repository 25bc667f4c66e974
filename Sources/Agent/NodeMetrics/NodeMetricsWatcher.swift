import API
import Configuration
import Cycle
import GES
import Time

/// Asks every graph once for its nodes, spread over the interval. It never decides anything, and no
/// poll waits for it: it has connections and a limit on requests of its own.
struct NodeMetricsWatcher: Sendable {
    let source: any NodeMetricsSource
    let configuration: NodeMetricsConfiguration
    let dataPlane: DataPlaneConfiguration
    let targets: NodeMetricsTargets
    let queue: DelayedQueue<NodeReading>
    let clock: AgentClock
    let generation: Int

    private enum Event: Sendable {
        case answered(String, Result<NodeMetrics, GESError>)
        case timePassed
    }

    func read(_ known: NodeMetricsKnowledge, _ graphs: Set<String>) async -> NodeMetricsRound {
        let began = clock.elapsed()
        var work = NodeMetricsWork(
            NodeMetricsRound(known: known),
            known.wanted(of: graphs, at: began),
            interval: configuration.interval,
            began: began
        )
        await ask(&work)
        return work.ended()
    }

    private func ask(_ work: inout NodeMetricsWork) async {
        var current = work
        await withTaskGroup(of: Event.self) { group in
            var inFlight = 0
            var isWaiting = false
            while !Task.isCancelled {
                while inFlight < configuration.concurrency, hasRoom(inFlight + 1),
                    let id = current.next(at: clock.elapsed())
                {
                    // It may have begun to hang, or be restarted now.
                    guard let graph = targets.graph(id) else { continue }
                    inFlight += 1
                    group.addTask { .answered(id, await answer(of: graph)) }
                }
                if current.hasNext, !isWaiting, inFlight < configuration.concurrency {
                    isWaiting = true
                    let wait = max(current.nextAt - clock.elapsed(), .milliseconds(1))
                    let pause = hasRoom(inFlight + 1) ? wait : DelayedQueueLimits.roomInterval
                    group.addTask {
                        try? await clock.sleep(pause)
                        return .timePassed
                    }
                }
                guard inFlight > 0 || current.hasNext, let event = await group.next() else { break }
                switch event {
                case .timePassed: isWaiting = false
                case .answered(let id, let result):
                    inFlight -= 1
                    let now = clock.elapsed()
                    let reading = current.take(result, of: id, at: now, wall: clock.now())
                    if let reading { _ = queue.put([reading], generation: generation) }
                }
            }
            group.cancelAll()
        }
        work = current
    }

    private func hasRoom(_ readings: Int) -> Bool {
        queue.hasRoom(for: readings * NodeReading.maximumSamples)
    }

    private func answer(of graph: Graph) async -> Result<NodeMetrics, GESError> {
        do throws(GESError) {
            return .success(try await source.nodeMetrics(of: graph, dataPlane: dataPlane))
        } catch {
            return .failure(error)
        }
    }
}
