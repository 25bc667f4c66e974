import JSON

/// What a paged list gave.
struct Pages {
    var items: [JSONValue] = []
    /// As the last page stated it; nil when no page did.
    var total: Int?
    /// Whether the end was reached and no page stated another total than the first.
    var totalHeldStill = false
}

extension GESClient {
    /// The service documents no maximum; the Terraform provider reads 120.
    private static let pageSize = 100
    /// Ten thousand graphs even if the service gives ten at a time.
    private static let maximumPages = 1_000

    /// Reads a list to its end. `offset` counts items; a page may be shorter than asked for.
    ///
    /// - Parameters:
    ///   - items: the names under which the page holds its items.
    ///   - total: the names under which the page states how many items there are on all pages.
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
        // Nothing is `null` or left out in some answers. Only a total of none makes that believable.
        guard total == 0, list?.isNull ?? true else {
            throw .unexpected("the answer holds no list \"\(items[0])\"")
        }
        return ([], total)
    }
}
