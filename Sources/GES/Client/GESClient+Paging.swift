import JSON

/// The concatenated pages of a list.
struct Pages {
    var items: [JSONValue] = []
    /// The total that the last page stated; nil if no page stated one.
    var total: Int?
    /// Whether the end was reached and the stated total did not change between pages.
    var totalHeldStill = false
}

extension GESClient {
    /// The API documents no maximum; the Terraform provider requests 120.
    private static let pageSize = 100
    /// Enough for 10,000 graphs even if the service returns ten per page.
    private static let maximumPages = 1_000

    /// Reads a list to its end. `offset` counts items, not pages, and the service may return
    /// shorter pages than requested, so only an empty page or the stated total ends the list.
    ///
    /// - Parameters:
    ///   - items: the possible names of the member with the page's items.
    ///   - total: the possible names of the member with the number of items on all pages.
    func pages(
        operation: String,
        path: [String],
        query: [RequestURL.QueryItem] = [],
        items: [String],
        total: [String],
        maximumPages: Int = maximumPages
    ) async throws(GESError) -> Pages {
        var pages = Pages()
        var firstTotal: Int?
        for _ in 0..<maximumPages {
            let document = try await read(
                operation,
                path: path,
                query: query + [
                    .init("offset", String(pages.items.count)),
                    .init("limit", String(Self.pageSize)),
                ]
            )
            let page = try observer.watching(.ges, operation) { () throws(GESError) in
                try Self.page(document, items: items, total: total)
            }
            pages.items += page.items
            pages.total = page.total ?? pages.total
            firstTotal = firstTotal ?? page.total
            if page.items.isEmpty || pages.total.map({ pages.items.count >= $0 }) ?? false {
                pages.totalHeldStill = pages.total == firstTotal
                break
            }
        }
        return pages
    }

    private static func page(
        _ document: JSONValue,
        items: [String],
        total: [String]
    ) throws(GESError) -> (items: [JSONValue], total: Int?) {
        let total = total.compactMap { document[$0] }.compactMap(WireScalar.integer).first
            .map { Int(clamping: $0) }
        let list = items.compactMap { document[$0] }.first
        if let elements = list?.arrayValue { return (elements, total) }
        // Some responses send an empty list as `null` or omit it. Accept that only with a total of
        // 0: otherwise a damaged response would look like an empty project.
        guard total == 0, list?.isNull ?? true else {
            throw .unexpected("the response contains no list \"\(items[0])\"")
        }
        return ([], total)
    }
}
