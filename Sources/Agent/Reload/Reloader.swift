import Configuration
import API
import Cycle
import Logging
import Series
import Time

/// Reads the configuration and the rule files on request and offers them to the loop as a whole.
/// Files with an error change nothing. Rules and limits that vanish are taken for intention only on
/// request: a file that is being rewritten may be incomplete for a while.
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
    let board: StatusBoard
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
            let batch = requests.take()
            if batch.isRequested {
                watch?.accept()
                await reload(&inForce, batch)
            } else if hasChanged {
                await reload(&inForce, &watch)
            } else if watch?.isRestless ?? false {
                logger.warning(
                    "The files change at every look, so they are not reloaded; reload by SIGHUP"
                )
            }
        }
        requests.close()
    }

    private func reload(_ inForce: inout LoadedConfiguration, _ batch: ReloadRequests.Batch) async {
        systemd?.reloading()
        let outcome: ReloadOutcome
        do throws(ConfigurationError) {
            outcome = await offer(try load(), insteadOf: &inForce)
        } catch {
            outcome = .failed("\(error)")
        }
        note(outcome)
        systemd?.reloaded()
        for waiter in batch.waiters { waiter.resume(returning: outcome) }
    }

    /// Reloads because the files have changed. Nothing happens if they have changed again since the
    /// last look: the next one sees it.
    private func reload(
        _ inForce: inout LoadedConfiguration,
        _ watch: inout ConfigurationWatch?
    ) async {
        systemd?.reloading()
        defer { systemd?.reloaded() }
        do throws(ConfigurationError) {
            let loaded = try load()
            guard watch?.isAtRest ?? true else { return }
            watch?.settle()
            let losses = loaded.losses(since: inForce)
            guard losses.isEmpty else {
                let lines = losses.map { "\($0); reload by SIGHUP if this is meant" }
                return note(.failed(lines.joined(separator: "\n")))
            }
            note(await offer(loaded, insteadOf: &inForce))
        } catch {
            guard watch?.isAtRest ?? true else { return }
            watch?.settle()
            note(.failed("\(error)"))
        }
    }

    private func load() throws(ConfigurationError) -> LoadedConfiguration {
        var loaded = try LoadedConfiguration.load(
            file,
            parser: query.parser,
            lookback: query.lookback
        )
        loaded.externalURL = initial.externalURL
        return loaded
    }

    private func offer(
        _ loaded: LoadedConfiguration,
        insteadOf inForce: inout LoadedConfiguration
    ) async -> ReloadOutcome {
        let outcome = await slot.offer(loaded)
        if case .done = outcome {
            inForce = loaded
            board.loaded(ConfigurationInForce(loaded, path: file, at: clock.now()))
            for warning in loaded.warnings { logger.warning("\(warning)") }
        }
        return outcome
    }

    private static let trouble = "reload_failed"

    private func note(_ outcome: ReloadOutcome) {
        switch outcome {
        case .done:
            metrics.set(MetricCatalog.reloadSuccessful, to: 1)
            board.report(Self.trouble, nil)
            metrics.set(MetricCatalog.reloadTimestamp, to: clock.now().seconds)
            logger.info(
                "Completed loading of configuration file",
                metadata: ["filename": "\(file)"]
            )
        case .failed(let mistakes):
            board.loaded(nil)
            metrics.set(MetricCatalog.reloadSuccessful, to: 0)
            board.report(
                Self.trouble,
                Trouble(
                    Self.trouble,
                    "the configuration cannot be reloaded; the one in force stays: "
                        + mistakes.replacing("\n", with: "; "),
                    remedy: "correct the files (graphwarden check config \(file)) and reload again",
                    since: clock.now()
                )
            )
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
