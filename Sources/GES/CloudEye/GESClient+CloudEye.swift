import HTTPClient
import JSON
package import Time

/// The metrics that Cloud Eye has of the graphs that were asked for.
package struct CloudEyeListing: Hashable, Sendable {
    package var series: Set<CloudEyeSeries> = []
    /// Why the listing may lack metrics; nil if it is complete.
    package var shortfall: String?

    package init() {}
}

extension GESClient {
    /// The limits of one query (Cloud Eye API page 0034).
    package static let cloudEyeBatchSize = 500
    package static let cloudEyePoints = 3_000
    private static let cloudEyeBodyBytes = 512 << 10
    /// Metrics of a graph, those of later versions of the service included, to bound the pages.
    private static let metricsPerGraph = 64

    /// Lists which metrics exist of these graphs. A project may have graphs that are not asked for;
    /// nothing is kept of them.
    ///
    /// A list that does not end, that repeats itself or that takes too long is not complete.
    ///
    /// - Parameter limit: how long reading all pages may take.
    package func cloudEyeMetrics(
        of graphs: Set<String>,
        within limit: Duration
    ) async throws(GESError) -> CloudEyeListing {
        var list = CloudEyeList(graphs: graphs)
        let deadline = clock.elapsed() + limit
        // Some more, for graphs that are not watched.
        let maximumPages = graphs.count * Self.metricsPerGraph * 2 / CloudEyeList.pageSize + 10
        while list.pages < maximumPages {
            guard list.pages == 0 || clock.elapsed() < deadline else {
                return list.ended("its deadline passed after \(list.pages) pages")
            }
            let operation = "list_metrics"
            var query = [
                RequestURL.QueryItem("namespace", CloudEyeMetric.namespace),
                RequestURL.QueryItem("limit", String(CloudEyeList.pageSize)),
                RequestURL.QueryItem("order", "asc"),
            ]
            if let marker = list.marker { query.append(.init("start", marker)) }
            let document = try await cloudEyeDocument(operation, path: "metrics", query: query)
            let page = try entries(of: document, operation)
            if let listing = list.add(page, WireObject(document["meta_data"])) { return listing }
        }
        return list.ended("it has more than \(maximumPages) pages")
    }

    /// Reads the raw values of a time range.
    ///
    /// - Parameter series: at most `cloudEyeBatchSize`, and so many that there are no more than
    ///   `cloudEyePoints` values, of which each has one per minute.
    package func cloudEyeSamples(
        of series: [CloudEyeSeries],
        from: Timestamp,
        to: Timestamp
    ) async throws(GESError) -> CloudEyeAnswer {
        let operation = "query_metrics"
        let body: [UInt8]
        do {
            let document: JSONValue = [
                "metrics": .array(series.map(\.document)),
                "from": .integer(from.milliseconds), "to": .integer(to.milliseconds),
                // Raw values; the filter is then ignored, but must be there.
                "period": "1", "filter": "average",
            ]
            body = try document.serialized()
        } catch {
            throw .unexpected("cannot encode the query of Cloud Eye: \(error)")
        }
        guard !series.isEmpty, series.count <= Self.cloudEyeBatchSize,
            body.count <= Self.cloudEyeBodyBytes
        else { throw .invalidArgument("a query of \(series.count) metrics has no valid size") }
        let document = try await cloudEyeDocument(
            operation,
            path: "batch-query-metric-data",
            body: body
        )
        return CloudEyeAnswer(
            try entries(of: document, operation),
            asked: Set(series),
            from: from,
            to: to
        )
    }

    private func entries(
        of document: JSONValue,
        _ operation: String
    ) throws(GESError) -> [JSONValue] {
        try observer.watching(.ces, operation) { () throws(GESError) in
            guard let entries = document["metrics"]?.arrayValue else {
                throw .unexpected("the response contains no list \"metrics\"")
            }
            return entries
        }
    }

    /// A 503 is a request to slow down, as is a 429: values that are minutes old anyway need not be
    /// asked for again at once.
    private func cloudEyeDocument(
        _ operation: String,
        path: String,
        query: [RequestURL.QueryItem] = [],
        body: [UInt8]? = nil
    ) async throws(GESError) -> JSONValue {
        var call = ServiceCall(
            service: .ces,
            operation: operation,
            method: body == nil ? .get : .post,
            url: try url(
                configuration.endpoints.ces,
                ["V1.0", configuration.projectID, path],
                query: query
            ),
            contentType: body == nil ? nil : "application/json",
            body: body,
            timeout: configuration.readTimeout
        )
        // A query changes nothing, so it may arrive twice.
        call.freshConnection = false
        let answer = try await cloudEyeAnswer(to: call)
        let now = clock.wall()
        if answer.status == 503 {
            throw .throttled(
                AnswerReader.failure(of: answer, now: now).failure,
                retryAfter: answer.retryAfter(now: now)
            )
        }
        return try observer.watching(.ces, operation) { () throws(GESError) in
            try AnswerReader.document(answer, now: now)
        }
    }
}

/// A list of metrics, page by page. Of graphs that were not asked for only hashes are kept.
private struct CloudEyeList {
    static let pageSize = 1_000

    let graphs: Set<String>
    private(set) var pages = 0
    private(set) var marker: String?
    private var listing = CloudEyeListing()
    private var received = 0
    private var seen: Set<Int> = []

    init(graphs: Set<String>) {
        self.graphs = graphs
    }

    /// Adds a page. Returns the listing if this was the last one.
    mutating func add(_ entries: [JSONValue], _ meta: WireObject?) -> CloudEyeListing? {
        pages += 1
        guard entries.count <= Self.pageSize else {
            return ended("page \(pages) has more entries than were asked for")
        }
        if entries.isEmpty { return listing }
        let known = seen.count
        for entry in entries {
            seen.insert(entry.hashValue)
            guard let series = WireObject(entry).flatMap({ CloudEyeSeries($0) }),
                let known = graphs.firstIndex(of: series.graphID)
            else { continue }
            // One copy of each id, not one for each metric.
            listing.series.insert(CloudEyeSeries(graphID: graphs[known], metric: series.metric))
        }
        guard seen.count > known else { return ended("page \(pages) has nothing new") }
        received += entries.count
        if let total = meta?.integer("total"), total == received { return listing }
        guard let next = meta?.text("marker"), next != marker else {
            return ended("page \(pages) names no next page")
        }
        marker = next
        return nil
    }

    func ended(_ shortfall: String) -> CloudEyeListing {
        var listing = listing
        listing.shortfall = shortfall
        return listing
    }
}
