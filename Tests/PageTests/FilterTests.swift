import Cycle
import Diagnosis
import Dispatch
import Listener
import Remediation
import Synchronization
import Testing
import Time
import URI

@testable import Page

@Suite("Filters of pages")
struct FilterTests {
    private static let start = BusyAgent.start

    /// Incidents `0` to `count - 1`, the newest first; every third one only of shadow mode.
    private func records(_ count: Int) -> Records {
        var records = Records()
        records.timeLines = (0..<count).reversed().map { number in
            var record = IncidentRecord(
                graphID: GraphID("g\(number % 2)"),
                graphName: "graph \(number)",
                hangClass: .unresponsive,
                alertname: "GraphHung",
                openedAt: Self.start + .seconds(number)
            )
            record.isShadow = number % 3 == 0
            record.endedAt = record.openedAt
            record.outcome = number % 2 == 0 ? "verified" : "stalled"
            return IncidentTimeLine(record: record, events: [])
        }
        records.lines = (1...250).reversed().map { number in
            let entry = AuditEntry(
                at: Self.start + .seconds(number),
                graphID: GraphID("g\(number % 2)"),
                kind: number % 5 == 0 ? .stalled : .held,
                detail: "line \(number)."
            )
            return AuditRecord(sequence: Int64(number), entry: entry, hash: "h\(number)")
        }
        return records
    }

    /// The names of the rows of a list, followed through its links to older parts.
    private func names(_ site: Site, _ target: String, prefix: String) async throws -> [String] {
        var names: [String] = []
        var next: String? = target
        var parts = 0
        while let target = next, parts < 20 {
            let page = try await site.page(target)
            names += page.text.split { !($0.isLetter || $0.isNumber || $0 == " ") }
                .map(String.init).filter { $0.hasPrefix(prefix) }
            let older = page.links(from: target).last { $0.contains("after=") }
            next = page.text.contains("Older") ? older : nil
            parts += 1
        }
        return names
    }

    struct Case: Sendable {
        let query: String
        let matches: @Sendable (Int) -> Bool

        init(_ query: String, _ matches: @escaping @Sendable (Int) -> Bool) {
            self.query = query
            self.matches = matches
        }
    }

    @Test(
        "give every incident that matches once, part by part",
        arguments: [
            Case("") { _ in true }, Case("?graph_id=g1") { $0 % 2 == 1 },
            Case("?outcome=verified") { $0 % 2 == 0 }, Case("?shadow=only") { $0 % 3 == 0 },
            Case("?shadow=no&graph_id=g0") { $0 % 3 != 0 && $0 % 2 == 0 },
            Case("?until=\(start + .seconds(100))") { $0 < 100 },
            Case("?shadow=bad") { _ in true }, Case("?outcome=bad") { _ in true },
        ]
    )
    func incidents(example: Case) async throws {
        let (query, matches) = (example.query, example.matches)
        let site = Site(.starting, records(180))
        let found = try await names(site, "/incidents" + query, prefix: "graph ")
        #expect(found == (0..<180).reversed().filter(matches).map { "graph \($0)" })
    }

    @Test(
        "give every line of the audit trail that matches once, part by part",
        arguments: [
            Case("") { _ in true }, Case("?graph_id=g1") { $0 % 2 == 1 },
            Case("?kind=stalled") { $0 % 5 == 0 }, Case("?kind=bad") { _ in true },
        ]
    )
    func history(example: Case) async throws {
        let (query, matches) = (example.query, example.matches)
        let site = Site(.starting, records(1))
        let found = try await names(site, "/history" + query, prefix: "line ")
        #expect(found == (1...250).reversed().filter(matches).map { "line \($0)" })
    }

    @Test("say which of their words are unknown")
    func unknownWords() async throws {
        let site = Site(.starting, records(1))
        for target in ["/incidents?outcome=bad", "/history?outcome=bad", "/history?kind=bad"] {
            #expect(try await site.page(target).text.contains("unknown"), "\(target)")
        }
    }

    @Test(
        "keep no list refreshing that the ledger is searched for",
        arguments: ["/incidents", "/history"]
    )
    func refresh(path: String) async throws {
        let site = Site(.starting, records(1))
        for (query, refreshes) in [("", true), ("?outcome=verified", false), ("?since=2h", false)] {
            let body = try await site.page(path + query).all("body").first
            #expect((body?.attributes["data-refresh"] != nil) == refreshes, "\(query)")
        }
    }

    @Test("leave the pages of incidents a thread of their own", .timeLimit(.minutes(1)))
    func threads() async throws {
        let reading = AsyncStream<Void>.makeStream()
        let gate = DispatchSemaphore(value: 0)
        var records = records(2)
        records.willRead = { _ in
            reading.continuation.yield()
            gate.wait()
        }
        let site = Site(.starting, records)
        let slow = (0..<2).map { _ in Task { try await site.get("/incidents?shadow=only") } }
        for await _ in reading.stream { break }
        let id = try #require(records.timeLines.first?.record.id)
        #expect(try await site.get("/incidents/\(id)").status == 200)
        for _ in 0..<10 { gate.signal() }
        for task in slow { _ = try await task.value }
    }

    @Test("read nothing for a client that has left", arguments: ["", "?shadow=only"])
    func abandoned(query: String) async throws {
        let reads = Mutex(0)
        var records = records(2)
        records.willRead = { _ in reads.withLock { $0 += 1 } }
        let site = Site(.starting, records)
        _ = try await site.get("/incidents" + query, hasLeft: true)
        #expect(reads.withLock { $0 } == 0)
        _ = try await site.get("/incidents" + query)
        #expect(reads.withLock { $0 } == 1)
    }

    @Test("stay in the form and in the links of the list")
    func roundTrip() async throws {
        let word = "a&b=\"c\" d"
        let query = [
            FormEncoding.Item("graph_id", word), FormEncoding.Item("outcome", "stalled"),
            FormEncoding.Item("since", "24h"), FormEncoding.Item("until", "2026-01-31"),
            FormEncoding.Item("shadow", "no"), FormEncoding.Item("after", "x"),
        ]
        let filter = IncidentListFilter(query)
        let again = IncidentListFilter(try FormEncoding.decode(filter.query.dropFirst()))
        #expect(again == filter && !filter.query.isEmpty)
        let history = AuditFilter([
            FormEncoding.Item("graph_id", word), FormEncoding.Item("kind", "stalled"),
            FormEncoding.Item("outcome", "verified"), FormEncoding.Item("since", "2h"),
            FormEncoding.Item("until", "1h"), FormEncoding.Item("after", "7"),
        ])
        #expect(AuditFilter(try FormEncoding.decode(history.query.dropFirst())) == history)
        let alerts = AlertFilter([
            FormEncoding.Item("name", word), FormEncoding.Item("state", "firing"),
            FormEncoding.Item("graph_id", word), FormEncoding.Item("page", "3"),
        ])
        #expect(AlertFilter(try FormEncoding.decode(alerts.query.dropFirst())) == alerts)

        let page = try await Site(.starting).page("/incidents" + filter.query)
        let values = page.all("input").compactMap { $0.attributes["value"] }
        #expect(values.contains(word) && values.contains("24h"))
        let chosen = page.all("option").filter { $0.attributes["selected"] != nil }
        #expect(chosen.map { $0.attributes["value"] } == ["stalled", "no"])
    }

    @Test(
        "read moments as people write them",
        arguments: [
            ("24h", -86_400), ("1h30m", -5_400), ("1970-01-31", 29 * 86_400),
            ("1970-01-02 01:30", 5_400), ("1970-01-02T01:30:05", 5_405),
            ("1970-01-02T01:30:05Z", 5_405), ("1970-01-02T01:30:00+01:00", 1_800),
            ("86401", 1), ("yesterday", nil), ("1970-02-30", nil), ("NaN", nil), ("", nil),
        ] as [(String, Int64?)]
    )
    func moments(text: String, seconds: Int64?) {
        let now = Timestamp(milliseconds: 86_400_000)
        let filter = MomentFilter(text)
        #expect(filter.moment(now) == seconds.map { now + .seconds($0) })
        #expect((filter.problem("Since") == nil) == (seconds != nil || text.isEmpty))
    }

    @Test("show of the alerts and of the rules those that match")
    func alerts() async throws {
        let agent = try BusyAgent()
        let site = Site(agent.status, series: agent.series)
        let firing = try await site.page("/alerts?state=firing&name=graphh")
        #expect(firing.text.contains("no answer from auto plain"))
        let none = try await site.page("/alerts?name=nothing")
        #expect(none.text.contains("No alert matches"))
        let one = try await site.page("/alerts?graph_id=ask+plain")
        #expect(one.text.contains("from ask plain") && !one.text.contains("from auto plain"))
        let rules = try await site.page("/rules?name=SILENT")
        #expect(rules.text.contains("count(ges_graph_probe_success == 0)"))
        #expect(!rules.text.contains("GraphHung"))
    }
}
