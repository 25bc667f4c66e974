import API
import History
import Time

extension HistoryCounts {
    /// Sets the metrics of the samples on disk.
    func measure(in metrics: MetricRegistry) {
        metrics.set(MetricCatalog.historySamples, to: Double(writtenSamples))
        metrics.set(MetricCatalog.historyDropped, to: Double(droppedSamples))
        metrics.set(MetricCatalog.historyFailures, to: Double(failures))
        metrics.set(MetricCatalog.historySize, to: Double(sizeBytes))
        metrics.set(MetricCatalog.historyUp, to: failure == nil ? 1 : 0)
        if let oldest { metrics.set(MetricCatalog.historyOldest, to: oldest.seconds) }
    }
}
