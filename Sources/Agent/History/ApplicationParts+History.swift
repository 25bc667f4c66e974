import Configuration
import Cycle
import History
import Logging
import Series
import Time

extension ApplicationParts {
    /// How long the start may take longer because samples are read.
    private static let loadLimit = Duration.seconds(10)

    /// Opens the file of samples and gives those of the previous run to the cycle. Whatever fails
    /// here, the agent starts: with empty windows, as without a file.
    func history(for cycle: inout Cycle) -> HistoryWriter? {
        guard let terms = loaded.historyTerms else { return nil }
        cycle.noteSealedChunks()
        let opened = openHistory(terms, &cycle)
        return HistoryWriter(
            folder: options.storagePath,
            file: opened.file,
            failure: opened.failure,
            isDoubtful: cycle.isClockSet,
            terms: terms,
            now: clock.now,
            elapsed: clock.elapsed,
            notify: { [logger] in logger.log($0) }
        )
    }

    /// nil unless somebody else keeps the samples of the agent.
    func filler(for cycle: Cycle) throws(StartError) -> HistoryFiller? {
        guard let source = loaded.configuration.history.source else { return nil }
        guard !cycle.isClockSet else {
            logger.warning(
                "The windows of rules begin empty: samples from before the start are not used",
                metadata: ["reason": "the clock of this host was set"]
            )
            return nil
        }
        let question = HistoryFiller.Question(
            metrics: cycle.restorableMetrics,
            isWanted: cycle.restorableSeries(),
            window: cycle.settings.retention,
            interval: cycle.settings.interval,
            epoch: cycle.series.epoch
        )
        return try HistoryFiller(
            source,
            question,
            metrics: metrics,
            clock: clock,
            stop: stop,
            logger: logger
        )
    }

    /// A file that is damaged, or no history at all, is moved aside, and a new one begins.
    private func openHistory(
        _ terms: HistoryTerms,
        _ cycle: inout Cycle
    ) -> (file: HistoryFile?, failure: String?) {
        var problem = ""
        for _ in 0..<2 {
            var file: HistoryFile?
            do throws(HistoryError) {
                let opened = try HistoryFile(folder: options.storagePath)
                file = opened
                try restore(from: opened, terms, &cycle)
                return (opened, nil)
            } catch {
                problem = "\(error)"
                file?.close()
                guard error.isLasting,
                    let target = try? HistoryFile.moveAside(inFolder: options.storagePath)
                else { break }
                logger.log(HistoryNotice.movedAside(target, reason: problem))
            }
        }
        logger.log(HistoryNotice.stopped(problem))
        return (nil, problem)
    }

    private func restore(
        from file: HistoryFile,
        _ terms: HistoryTerms,
        _ cycle: inout Cycle
    ) throws(HistoryError) {
        if try file.vantage() != terms.vantage {
            return try begin(file, terms, "the cloud, or the way to it, is another one now")
        }
        if cycle.isClockSet { return try begin(file, terms, "the clock of this host was set") }
        let now = clock.now()
        let end = clock.elapsed() + Self.loadLimit
        let history = try file.load(
            from: now - cycle.settings.retention,
            through: now,
            where: cycle.restorableSeries(),
            mayContinue: { clock.elapsed() < end }
        )
        guard !history.isOfFuture else {
            return try begin(
                file,
                terms,
                "some are from the future; the clock of this host was set back"
            )
        }
        for series in history.series { cycle.restore(series.chunks, of: series.labels) }
        logRestored(history)
    }

    /// Leaves what is in a file to queries.
    private func begin(
        _ file: HistoryFile,
        _ terms: HistoryTerms,
        _ reason: String
    ) throws(HistoryError) {
        let isEmpty = try file.isEmpty()
        try file.beginGeneration(vantage: terms.vantage)
        guard !isEmpty else { return }
        logger.warning(
            "The windows of rules begin empty: the samples on disk are not used",
            metadata: ["reason": "\(reason)"]
        )
    }

    private func logRestored(_ history: LoadedHistory) {
        if let since = history.completeSince {
            logger.warning(
                "Not all samples on disk are read at the start; the windows of rules begin later",
                metadata: ["begin": "\(since)"]
            )
        }
        if history.unreadable > 0 {
            logger.warning(
                "Some samples on disk are damaged; the windows of rules lack them",
                metadata: ["chunks": "\(history.unreadable)"]
            )
        }
        guard history.sampleCount > 0 else { return }
        logger.info(
            "Restored the samples of the previous run",
            metadata: ["samples": "\(history.sampleCount)", "series": "\(history.series.count)"]
        )
    }
}

extension LoadedConfiguration {
    /// nil if no samples are kept on disk.
    var historyTerms: HistoryTerms? {
        let history = configuration.history
        guard history.isKept else { return nil }
        let vantage = cycleSettings.vantage
        return HistoryTerms(
            retention: history.retention,
            maximumBytes: history.maximumBytes,
            vantage: ([vantage.region, vantage.projectID] + vantage.way).joined(separator: "\n")
        )
    }
}

extension Logger {
    func log(_ notice: HistoryNotice) {
        switch notice {
        case .stopped(let reason):
            warning(
                "Samples are not kept on disk; decisions go on with those in memory",
                metadata: ["err": "\(reason)"]
            )
        case .resumed: info("Samples are kept on disk again")
        case .untidy(let reason):
            warning(
                "Old samples on disk cannot be deleted or put together; it is tried again",
                metadata: ["err": "\(reason)"]
            )
        case .lost(let count):
            warning(
                "The disk was too slow for the last samples at the end",
                metadata: ["samples": "\(count)"]
            )
        case .movedAside(let path, let reason):
            warning(
                "The file of samples could not be used and was moved aside; a new one begins",
                metadata: ["path": "\(path)", "err": "\(reason)"]
            )
        }
    }
}
