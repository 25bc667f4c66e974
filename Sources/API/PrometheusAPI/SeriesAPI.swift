import Listener
import PromQL
import Series
import Time

/// `/api/v1/labels`, `label/NAME/values` and `series`: which series exist.
struct SeriesAPI: Sendable {
    let runner: QueryRunner

    var routes: [Route] {
        Route.query("/api/v1/labels", runner: runner) { _, form async throws(QueryFailure) in
            try await texts(form) { store, filter, meter throws(QueryFailure) in
                try store.labelNames(of: filter, meter)
            }
        }
            + Route.query("/api/v1/label/{name}/values", methods: ["GET"], runner: runner) {
                request,
                form async throws(QueryFailure) in
                let name = LabelNameEncoding.decoded(request.parameters["name"] ?? "")
                guard !name.isEmpty else {
                    throw .badData("invalid label name: \"\"")
                }
                return try await texts(form) { store, filter, meter throws(QueryFailure) in
                    try store.labelValues(of: name, in: filter, meter)
                }
            }
            + Route.query("/api/v1/series", runner: runner) {
                _,
                form async throws(QueryFailure) in
                try await series(form)
            }
    }

    private func texts(
        _ form: RequestForm,
        _ list:
            @escaping @Sendable (SeriesStore, SeriesFilter, QueryMeter) throws(QueryFailure)
            -> [String]
    ) async throws(QueryFailure) -> Reply {
        let limit = try form.limit()
        return try await runner.run { context throws(QueryFailure) in
            let filter = try SeriesFilter(form, context.older)
            let all = try list(context.series, filter, context.meter)
            let isTruncated = limit > 0 && all.count > limit
            return QueryReply.success(warnings: isTruncated ? [QueryReply.truncation] : []) {
                $0.strings(isTruncated ? Array(all.prefix(limit)) : all)
            }
        }
    }

    private func series(_ form: RequestForm) async throws(QueryFailure) -> Reply {
        guard !form.texts("match[]").isEmpty else {
            throw .badData("no match[] parameter provided")
        }
        let limit = try form.limit()
        return try await runner.run { context throws(QueryFailure) in
            let filter: SeriesFilter
            do throws(QueryFailure) {
                filter = try SeriesFilter(form, context.older)
            } catch  where error.text.hasPrefix("invalid parameter") {
                throw error
            } catch {
                throw .parameter("match[]", error.text)
            }
            let all = try filter.series(in: context.series, context.meter)
                .map(context.series.labels).sorted()
            let isTruncated = limit > 0 && all.count > limit
            let answer = QueryReply.array(
                isTruncated ? limit : all.count,
                estimatedBytes: all.reduce(0) { $0 + $1.textBytes },
                heldBytes: all.count * MemoryLayout<Labels>.stride,
                warnings: isTruncated ? [QueryReply.truncation] : []
            ) { $0.labels(all[$1]) }
            return try answer.reply(.json([]), within: context.budget, context.turns)
        }
    }
}

/// The series that a request selects.
struct SeriesFilter: Sendable {
    /// A series must satisfy all matchers of at least one selector. Empty selects all series.
    private let selectors: [[LabelMatcher]]
    private let start: Timestamp?
    private let end: Timestamp?

    /// - Parameter older: if only label sets are in memory, when the series had samples is unknown.
    init(
        _ form: RequestForm,
        _ older: (any OlderSamples)? = nil
    ) throws(QueryFailure) {
        let times = (try form.optionalTime("start"), try form.optionalTime("end"))
        (start, end) = older?.isAll ?? false ? (nil, nil) : times
        selectors = try form.selectors()
    }

    var isEverything: Bool { selectors.isEmpty && start == nil && end == nil }

    /// Without duplicates.
    func series(
        in store: SeriesStore,
        _ meter: QueryMeter
    ) throws(QueryFailure) -> [SeriesReference] {
        var seen: Set<SeriesReference> = []
        var found: [SeriesReference] = []
        for matchers in selectors.isEmpty ? [[]] : selectors {
            for series in try store.select(matchers, meter.work) where isActive(series, in: store) {
                try meter.work(8)
                if seen.insert(series).inserted { found.append(series) }
            }
        }
        return found
    }

    private func isActive(_ series: SeriesReference, in store: SeriesStore) -> Bool {
        guard start != nil || end != nil else { return true }
        return store.isActive(
            series,
            from: start ?? .distantPast,
            through: end ?? .distantFuture
        )
    }
}

extension SeriesStore {
    fileprivate func labelNames(
        of filter: SeriesFilter,
        _ meter: QueryMeter
    ) throws(QueryFailure) -> [String] {
        if filter.isEverything { return labelNames }
        var names: Set<String> = []
        for series in try filter.series(in: self, meter) {
            let labels = labels(of: series)
            try meter.work(labels.count)
            for (name, _) in labels { names.insert(name) }
        }
        return names.sorted { $0.precedesBytewise($1) }
    }

    fileprivate func labelValues(
        of name: String,
        in filter: SeriesFilter,
        _ meter: QueryMeter
    ) throws(QueryFailure) -> [String] {
        if filter.isEverything { return labelValues(of: name) }
        var values: Set<String> = []
        for series in try filter.series(in: self, meter) {
            let labels = labels(of: series)
            try meter.work(labels.count)
            values.insert(labels[name])
        }
        values.remove("")
        return values.sorted { $0.precedesBytewise($1) }
    }
}
