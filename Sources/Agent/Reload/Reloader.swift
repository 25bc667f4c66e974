import Configuration
import API
import Logging
import Series
import Time

/// Reads the configuration and the rule files on request and offers them to the loop as a whole.
/// Files with an error change nothing. Rules that vanish are taken for intention only on request: a
/// file that is being rewritten may be empty for a moment.
struct Reloader: Sendable {
    let file: String
    let initial: LoadedConfiguration
    let query: QueryOptions
    /// Nil without auto-reload.
    let watch: ConfigurationWatch?
    let requests: ReloadRequests
    let slot: ConfigurationSlot
    let systemd: SystemdNotifier?
    let metrics: MetricRegistry
    let clock: AgentClock
    let stop: StopSignal
    let logger: Logger

    /// Serves requests one at a time until a stop is requested.
    func run() async {
        var watch = watch
        var inForce = initial
        while !stop.isRequested {
            _ = await stop.race { [requests, clock, watch] in
                guard let watch else { return await requests.asked.wait() }
                _ = await requests.asked.race { try? await clock.sleep(watch.interval) }
            }
            guard !stop.isRequested else { break }
            let hasChanged = watch?.look() ?? false
            let isRequested = requests.asked.isSet
            guard hasChanged || isRequested else { continue }
            await reload(&inForce, isRequested: isRequested)
        }
        requests.close()
    }

    private func reload(_ inForce: inout LoadedConfiguration, isRequested: Bool) async {
        let waiters = requests.take()
        systemd?.reloading()
        let outcome = await outcome(&inForce, isRequested: isRequested)
        note(outcome)
        systemd?.reloaded()
        for waiter in waiters { waiter.resume(returning: outcome) }
    }

    private func outcome(
        _ inForce: inout LoadedConfiguration,
        isRequested: Bool
    ) async -> ReloadOutcome {
        do throws(ConfigurationError) {
            let loaded = try LoadedConfiguration.load(
                file,
                parser: query.parser,
                lookback: query.lookback
            )
            let losses = isRequested ? [] : loaded.losses(since: inForce)
            guard losses.isEmpty else {
                return .failed(
                    losses.map { "\($0); reload by SIGHUP if this is meant" }.joined(
                        separator: "\n"
                    )
                )
            }
            let outcome = await slot.offer(loaded)
            guard case .done = outcome else { return outcome }
            inForce = loaded
            for warning in loaded.warnings { logger.warning("\(warning)") }
            return .done
        } catch {
            return .failed("\(error)")
        }
    }

    private func note(_ outcome: ReloadOutcome) {
        switch outcome {
        case .done:
            metrics.set(MetricCatalog.reloadSuccessful, to: 1)
            metrics.set(MetricCatalog.reloadTimestamp, to: clock.now().seconds)
            logger.info(
                "Completed loading of configuration file",
                metadata: ["filename": "\(file)"]
            )
        case .failed(let mistakes):
            metrics.set(MetricCatalog.reloadSuccessful, to: 0)
            for line in mistakes.split(separator: "\n") {
                logger.error(
                    "Error reloading config; the one in force stays",
                    metadata: ["err": "\(line)"]
                )
            }
        case .stopping: break
        }
    }
}
