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
            terms: terms,
            now: clock.now,
            elapsed: clock.elapsed,
            notify: { [logger] in logger.log($0) }
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
        let now = clock.now()
        if let reason = try reasonNotToRestore(file, terms, cycle, now) {
            let isEmpty = try file.isEmpty()
            try file.beginGeneration(vantage: terms.vantage)
            guard !isEmpty else { return }
            logger.warning(
                "The windows of rules begin empty: the samples on disk are not used",
                metadata: ["reason": "\(reason)"]
            )
            return
        }
        let end = clock.elapsed() + Self.loadLimit
        let history = try file.load(
            from: now - cycle.settings.retention,
            through: now,
            mayContinue: { clock.elapsed() < end }
        )
        let count = cycle.restore(history.chunks)
        if history.isCut || history.unreadable > 0 {
            logger.warning(
                "Not all samples on disk could be read; the windows of rules may begin later",
                metadata: [
                    "unreadable_chunks": "\(history.unreadable)",
                    "limit_reached": "\(history.isCut)",
                ]
            )
        }
        guard count > 0 else { return }
        logger.info(
            "Restored the samples of the previous run",
            metadata: ["samples": "\(count)", "series": "\(cycle.series.seriesCount)"]
        )
    }

    /// nil if the samples on disk are of this cloud and of this clock.
    private func reasonNotToRestore(
        _ file: HistoryFile,
        _ terms: HistoryTerms,
        _ cycle: Cycle,
        _ now: Timestamp
    ) throws(HistoryError) -> String? {
        if try file.vantage() != terms.vantage {
            return "the cloud, or the way to it, is another one now"
        }
        if cycle.isClockSet { return "the clock of this host was set" }
        if try file.hasFuture(after: now) {
            return "some are from the future; the clock of this host was set back"
        }
        return nil
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
        case .movedAside(let path, let reason):
            warning(
                "The file of samples could not be used and was moved aside; a new one begins",
                metadata: ["path": "\(path)", "err": "\(reason)"]
            )
        }
    }
}
