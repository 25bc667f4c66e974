import API
import Configuration
import Cycle
import GES
import Time

/// Asks Cloud Eye once for everything. It never decides anything, and no poll waits for it: it has
/// connections and a limit on requests of its own.
struct CloudEyeWatcher: Sendable {
    let source: any CloudEyeSource
    let configuration: CloudEyeConfiguration
    let queue: DelayedQueue<DelayedSample>
    let clock: AgentClock
    let generation: Int

    /// - Parameter graphs: the ids of the graphs to ask for.
    func read(_ known: CloudEyeKnowledge, _ graphs: Set<String>) async -> CloudEyeRound {
        var round = CloudEyeRound(known: known)
        round.known.keep(graphs, at: clock.elapsed(), wall: clock.now())
        if round.known.isListingDue(of: graphs, at: clock.elapsed()) {
            await list(graphs, &round)
        }
        let wanted = round.known.wanted(of: graphs, configuration.tier, at: clock.elapsed())
        var work = CloudEyeWork(round, wanted, to: clock.now())
        await ask(&work)
        return work.ended(at: clock.elapsed())
    }

    /// Lists which metrics exist. If that is not known, everything is asked for: a credential may
    /// have the permission to read values and not to list metrics.
    private func list(_ graphs: Set<String>, _ round: inout CloudEyeRound) async {
        round.known.listedAt = clock.elapsed()
        round.known.listed = nil
        round.known.listedGraphs = []
        do throws(GESError) {
            let limit = max(configuration.interval, .seconds(60)) * 2
            let listing = try await source.cloudEyeMetrics(of: graphs, within: limit)
            if listing.shortfall == nil {
                round.known.listed = listing.series.reduce(into: [:]) { listed, series in
                    listed[series.graphID, default: []].insert(series.metric)
                }
                round.known.listedGraphs = graphs
            } else {
                round.failures["incomplete", default: 0] += 1
            }
        } catch {
            round.count(error)
            switch error {
            case .throttled(_, let retryAfter): round.interrupt(.throttled(retryAfter: retryAfter))
            case .unauthorised(let failure) where failure.status == 403: break
            case .unauthorised, .credentials: round.interrupt(.credential)
            case .http, .api, .malformed, .notJSON, .unexpected, .invalidArgument, .withdrawn,
                .noAddress, .refusedAddress:
                break
            }
        }
    }

    private func ask(_ work: inout CloudEyeWork) async {
        let deadline = clock.elapsed() + configuration.interval
        var current = work
        await withTaskGroup(
            of: (CloudEyeBatch, Result<CloudEyeAnswer, GESError>).self
        ) { group in
            var inFlight = 0
            while true {
                while inFlight < configuration.concurrency, current.hasNext {
                    if clock.elapsed() >= deadline {
                        current.interrupt(.time)
                    } else if queue.hasRoom(for: (inFlight + 1) * GESClient.cloudEyePoints) {
                        guard let batch = current.next() else { break }
                        inFlight += 1
                        group.addTask { (batch, await answer(batch)) }
                    } else if inFlight > 0 {
                        break
                    } else {
                        do { try await clock.sleep(DelayedQueueLimits.roomInterval) } catch {
                            return
                        }
                    }
                }
                guard inFlight > 0, let (batch, result) = await group.next() else { break }
                inFlight -= 1
                let samples = current.take(result, of: batch, at: clock.elapsed())
                _ = queue.put(samples, generation: generation)
            }
        }
        work = current
    }

    private func answer(_ batch: CloudEyeBatch) async -> Result<CloudEyeAnswer, GESError> {
        do throws(GESError) {
            return .success(
                try await source.cloudEyeSamples(of: batch.series, from: batch.from, to: batch.to)
            )
        } catch {
            return .failure(error)
        }
    }
}
