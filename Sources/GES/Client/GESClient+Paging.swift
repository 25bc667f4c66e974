import HTTPClient
import JSON

/// An element of a list of the management plane.
protocol ListedItem: Sendable {
    var id: String { get }
    /// Returns nil for an entry that cannot be read.
    init?(_ value: JSONValue)
}

extension Graph: ListedItem {}
extension Job: ListedItem {}

/// A list, page by page.
struct PagedList<Item: ListedItem> {
    /// Without duplicates, in the order first seen.
    private(set) var items: [Item] = []
    /// Entries that cannot be read.
    private(set) var skipped = 0
    /// Why the list may lack items; nil if it is complete.
    private(set) var shortfall: String?

    /// Entries of all pages, duplicates and unreadable ones included.
    private(set) var received = 0
    private(set) var pages = 0
    private var seen: Set<String> = []
    private var statedTotal: Int?

    /// Adds a page and returns its new items.
    mutating func add(_ entries: [JSONValue], total: Int?) -> [Item] {
        pages += 1
        received += entries.count
        if let total {
            if let statedTotal, statedTotal != total {
                note("its stated total changed from \(statedTotal) to \(total)")
            }
            statedTotal = total
        }
        let before = items.count
        for entry in entries {
            guard let item = Item(entry) else {
                skipped += 1
                continue
            }
            if seen.insert(item.id).inserted { items.append(item) }
        }
        return Array(items[before...])
    }

    /// Whether every entry was received, if the stated total is right. A total below what was
    /// received is wrong, so the pages are read on to the last one.
    var hasAll: Bool { statedTotal == received }

    /// Ends the list and judges whether it is complete.
    ///
    /// - Parameter limit: the limit that ended it.
    mutating func end(limit: String? = nil) {
        if let limit { note(limit) }
        if skipped > 0 { note("\(skipped) of \(received) entries cannot be read") }
        switch statedTotal {
        case let total? where total != items.count:
            note("it states \(total) entries and has \(items.count) different ones")
        case nil where received == 0: note("it is empty and states no total")
        case nil where items.count + skipped < received:
            note("it repeats entries and states no total")
        default: break
        }
    }

    /// The first reason counts.
    private mutating func note(_ reason: String) {
        shortfall = shortfall ?? reason
    }
}

extension GESClient {
    /// The API documents no maximum; the Terraform provider requests 120.
    private static var pageSize: Int { 100 }

    /// Reads a list to its end. `offset` counts entries, not pages, and the service may return
    /// shorter pages than requested, so only the stated total, an empty page, or one without
    /// anything new ends the list.
    ///
    /// A list that exceeds its deadline or its size ends there and is not complete: a service that
    /// pages for ever, or that sends anything, must not occupy the client.
    ///
    /// - Throws: the error of a page; the list is then lost. A limit that a page after the first one
    ///   meets is no error.
    /// - Parameters:
    ///   - items: the possible names of the member with the page's items.
    ///   - total: the possible names of the member with the number of items on all pages.
    ///   - onPage: receives the new items of each page.
    func list<Item: ListedItem>(
        operation: String,
        path: [String],
        query: [RequestURL.QueryItem] = [],
        items: [String],
        total: [String],
        maximumPages: Int = AnswerLimits.listPages,
        onPage: @Sendable ([Item]) -> Void = { _ in }
    ) async throws(GESError) -> PagedList<Item> {
        var list = PagedList<Item>()
        let deadline = clock.elapsed() + configuration.listTimeout
        var bytes = 0
        while list.pages < maximumPages {
            let call = ServiceCall(
                service: .ges,
                operation: operation,
                url: try url(
                    configuration.endpoints.ges,
                    path,
                    query: query + [
                        .init("offset", String(list.received)),
                        .init("limit", String(Self.pageSize)),
                    ]
                ),
                timeout: min(configuration.readTimeout, deadline - clock.elapsed())
            )
            guard let answer = try await page(call, of: &list, until: deadline) else { break }
            bytes += answer.body.count
            guard bytes <= AnswerLimits.listBytes else {
                list.end(limit: "its pages are larger than \(AnswerLimits.listBytes) bytes")
                break
            }
            let page = try observer.watching(.ges, operation) { () throws(GESError) in
                let document = try AnswerReader.document(answer, now: clock.wall())
                return try Self.page(document, items: items, total: total)
            }
            let new = list.add(page.items, total: page.total)
            onPage(new)
            if new.isEmpty || list.hasAll {
                list.end()
                break
            }
            if list.pages == maximumPages {
                list.end(limit: "it has more than \(maximumPages) pages")
            }
        }
        report(list, operation)
        return list
    }

    /// The response with the next page; nil if a limit has ended the list.
    private func page<Item>(
        _ call: ServiceCall,
        of list: inout PagedList<Item>,
        until deadline: Duration
    ) async throws(GESError) -> ServiceAnswer? {
        do throws(GESError) {
            guard call.timeout > .zero else { throw .listDeadline }
            return try await answer(to: call)
        } catch {
            guard list.pages > 0 else { throw error }
            if clock.elapsed() >= deadline {
                list.end(limit: "its deadline passed after \(list.pages) pages")
            } else if error.isTooLarge {
                list.end(limit: "page \(list.pages + 1) is too large")
            } else {
                throw error
            }
            return nil
        }
    }

    private func report<Item>(_ list: PagedList<Item>, _ operation: String) {
        guard list.shortfall != nil else { return }
        observer.answerUnusable(
            .ges,
            operation: operation,
            reason: list.skipped > 0 ? "parse" : "incomplete"
        )
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

extension GESError {
    /// The time for a list was over before its first page was requested.
    fileprivate static let listDeadline = GESError.http(
        HTTPError(
            .timeout,
            requestMayHaveBeenSent: false,
            message: "the list did not end before its deadline"
        )
    )
}
