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
    mutating func replace(
        with new: [GraphSample],
        in store: inout SeriesStore,
        at time: Timestamp
    ) {
        let (written, hasSameSeries) = append(new, to: &store, at: time)
        if !hasSameSeries { markStale(except: written, in: &store, at: time) }
        samples = new
        series = written
    }

    /// - Returns: the series of each sample, and whether they are those of the poll before.
    private func append(
        _ new: [GraphSample],
        to store: inout SeriesStore,
        at time: Timestamp
    ) -> (written: [SeriesReference?], hasSameSeries: Bool) {
        var written: [SeriesReference?] = []
        written.reserveCapacity(new.count)
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
            } else {
                written.append(Self.create(fresh[index], in: &store, at: time))
            }
        }
        return (written, hasSameSeries)
    }

    /// Call this when the store was emptied. The samples stay visible to readers.
    mutating func forgetSeries() {
        series = []
    }

    /// Appends one sample to a series that is not known here, and returns the series.
    private static func create(
        _ sample: GraphSample,
        in store: inout SeriesStore,
        at time: Timestamp
    ) -> SeriesReference? {
        guard let made = store.reference(for: sample.labels) else { return nil }
        store.append(to: made, sample.value, at: time)
        return made
    }

    private func markStale(
        except written: [SeriesReference?],
        in store: inout SeriesStore,
        at time: Timestamp
    ) {
        let present = Set(written.compactMap(\.self))
        for case let reference? in series where !present.contains(reference) {
            store.append(to: reference, Staleness.marker, at: time)
        }
    }
}
