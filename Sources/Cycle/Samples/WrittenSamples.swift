import Series
import Time

/// The samples of the newest poll and their series.
///
/// Consecutive polls have nearly the same samples in the same order. So each sample is compared
/// with its predecessor first, and only a new one pays for building labels and looking up its
/// series.
struct WrittenSamples: Sendable {
    private(set) var samples: [GraphSample] = []
    /// The series of each sample; nil beyond the limit on series.
    private var series: [SeriesReference?] = []

    /// Appends the samples of a poll, and a staleness marker to every series that the previous poll
    /// had and this one lacks: a deleted graph must not keep its last value.
    ///
    /// - Parameters:
    ///   - room: how many series may be created.
    ///   - isDelayed: whether the samples of series that are created will arrive late.
    /// - Returns: the series that got a marker.
    @discardableResult
    mutating func replace(
        with new: [GraphSample],
        in store: inout SeriesStore,
        waking restored: inout RestoredSamples,
        at time: Timestamp,
        room: Int = .max,
        isDelayed: Bool = false
    ) -> [SeriesReference] {
        let (written, hasSameSeries) = append(
            new,
            to: &store,
            waking: &restored,
            at: time,
            room,
            isDelayed
        )
        let ended = hasSameSeries ? [] : markStale(except: written, in: &store, at: time)
        samples = new
        series = written
        return ended
    }

    /// - Returns: the series of each sample, and whether they are those of the poll before.
    private func append(
        _ new: [GraphSample],
        to store: inout SeriesStore,
        waking restored: inout RestoredSamples,
        at time: Timestamp,
        _ room: Int,
        _ isDelayed: Bool
    ) -> (written: [SeriesReference?], hasSameSeries: Bool) {
        var written: [SeriesReference?] = []
        written.reserveCapacity(new.count)
        var room = room
        var hasSameSeries = new.count == series.count
        let (known, fresh) = (samples.span, new.span)
        for index in fresh.indices {
            var reference: SeriesReference?
            if index < series.count, known[index].metric == fresh[index].metric,
                known[index].labelValues == fresh[index].labelValues
            {
                reference = series[index]
            } else {
                hasSameSeries = false
            }
            // A series that was pruned is created again.
            if let reference,
                store.append(to: reference, fresh[index].value, at: time) != .unknownSeries
            {
                written.append(reference)
            } else if room > 0 {
                room -= 1
                written.append(
                    Self.create(fresh[index], in: &store, waking: &restored, at: time, isDelayed)
                )
            } else {
                written.append(nil)
            }
        }
        return (written, hasSameSeries)
    }

    /// Call this when the store was emptied. The samples stay visible to readers.
    mutating func forgetSeries() {
        series = []
    }

    /// Call this when series in the store were replaced by others with the same labels: those that
    /// the next poll lacks must end all the same.
    mutating func follow(_ successors: [SeriesReference: SeriesReference]) {
        guard !successors.isEmpty else { return }
        series = series.map { known in known.map { successors[$0] ?? $0 } }
    }

    /// Forgets the samples too.
    mutating func forgetAll() {
        samples = []
        series = []
    }

    /// The series that exist.
    var references: [SeriesReference] { series.compactMap(\.self) }

    /// Forgets the samples that have no series. Returns how many there were.
    mutating func dropWithoutSeries() -> Int {
        let kept = series.indices.filter { series[$0] != nil }
        let dropped = series.count - kept.count
        guard dropped > 0 else { return 0 }
        samples = kept.map { samples[$0] }
        series = kept.map { series[$0] }
        return dropped
    }

    /// Appends one sample to a series that is not known here, and returns the series.
    private static func create(
        _ sample: GraphSample,
        in store: inout SeriesStore,
        waking restored: inout RestoredSamples,
        at time: Timestamp,
        _ isDelayed: Bool
    ) -> SeriesReference? {
        let labels = sample.labels
        if !isDelayed { restored.wake(labels, in: &store, before: time) }
        guard let made = store.reference(for: labels, isDelayed: isDelayed) else { return nil }
        store.append(to: made, sample.value, at: time)
        return made
    }

    private func markStale(
        except written: [SeriesReference?],
        in store: inout SeriesStore,
        at time: Timestamp
    ) -> [SeriesReference] {
        let present = Set(written.compactMap(\.self))
        let ended = series.compactMap(\.self).filter { !present.contains($0) }
        for reference in ended { store.append(to: reference, Staleness.marker, at: time) }
        return ended
    }
}
