import Configuration
import API
import Logging
import Series
import Time

/// Reads the configuration and the rule files on request and offers them to the loop as a whole.
/// Files with an error change nothing.
struct Reloader: Sendable {
    let file: String
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
        while !stop.isRequested {
            _ = await stop.race { [requests, clock, watch] in
                guard let watch else { return await requests.asked.wait() }
                _ = await requests.asked.race { try? await clock.sleep(watch.interval) }
            }
            guard !stop.isRequested else { break }
            let hasChanged = watch?.look() ?? false
            if hasChanged || requests.asked.isSet { await reload() }
        }
        requests.close()
    }

    private func reload() async {
        let waiters = requests.take()
        systemd?.reloading()
        let outcome = await outcome()
        note(outcome)
        systemd?.reloaded()
        for waiter in waiters { waiter.resume(returning: outcome) }
    }

    private func outcome() async -> ReloadOutcome {
        do throws(ConfigurationError) {
            let loaded = try LoadedConfiguration.load(
                file,
                parser: query.parser,
                lookback: query.lookback
            )
            let outcome = await slot.offer(loaded)
            guard case .done = outcome else { return outcome }
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
