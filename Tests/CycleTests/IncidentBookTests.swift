import Diagnosis
import Remediation
import Testing
import Time

@testable import Cycle

@Suite("The book of incidents")
struct IncidentBookTests {
    private static let at = Timestamp(milliseconds: 0)
    private static let g = GraphID("g")

    private static func record(_ id: GraphID, _ opened: Int64 = 0) -> IncidentRecord {
        IncidentRecord(
            graphID: id,
            graphName: "n",
            hangClass: .unresponsive,
            alertname: "A",
            openedAt: Timestamp(milliseconds: opened)
        )
    }

    private static func line(_ kind: AuditEntry.Kind) -> AuditEntry {
        AuditEntry(at: at, graphID: g, kind: kind, detail: "d")
    }

    private static func task(_ id: Int, bytes: Int = 10) -> IncidentRecord.InterruptedTask {
        IncidentRecord.InterruptedTask(
            id: "\(id)",
            type: nil,
            state: "running",
            progressRatio: nil,
            startedAt: nil,
            request: String(repeating: "x", count: bytes),
            notedAt: at
        )
    }

    @Test("keeps room in a time line for what is done and for the end")
    func events() {
        var book = IncidentBook()
        book.begin(Self.record(Self.g))
        for _ in 0..<700 { book.note(Self.g, .status, at: Self.at, "s") }
        for _ in 0..<10 { book.note(Self.g, Self.line(.held)) }
        #expect(book.changes.events.count == IncidentBook.maximumObservations)
        #expect(book.open[Self.g]?.omittedEvents == 410)
        for _ in 0..<700 { book.note(Self.g, Self.line(.intended)) }
        #expect(book.changes.events.count == IncidentBook.maximumEvents)
        book.close(Self.g, at: Self.at)
        #expect(book.changes.events.last?.kind == "closed")
        #expect(book.changes.events.map(\.position) == Array(1...IncidentBook.maximumEvents + 1))
        #expect(book.open.isEmpty)
        #expect(book.changes.records.map(\.outcome) == ["alertEnded"])
    }

    @Test("is bounded while the disk refuses everything")
    func refusal() {
        var book = IncidentBook()
        let long = String(repeating: "x", count: 100_000)
        for index in 0..<6_000 where !book.isFull {
            let id = GraphID("g\(index)")
            book.begin(Self.record(id))
            book.note(id, .answer, at: Self.at, long)
            book.noteTasks(id, [Self.task(1, bytes: 60_000)], omitted: 0)
        }
        #expect(book.open.count == IncidentBook.maximumOpen)
        let texts = book.changes.events.reduce(0) { $0 + $1.text.utf8.count }
        let requests = book.changes.tasks.reduce(0) { $0 + ($1.task.request?.utf8.count ?? 0) }
        #expect(texts + requests < IncidentBook.maximumUnsavedBytes + 100_000)
        for id in book.open.keys.sorted() { book.close(id, at: Self.at) }
        #expect(book.open.count == 3_000, "the ends of the others do not fit and come later")
        book.changesWereRecorded()
        #expect(book.changes.isEmpty)
        for id in book.open.keys.sorted() { book.close(id, at: Self.at) }
        book.changesWereRecorded()
        for id in book.open.keys.sorted() { book.close(id, at: Self.at) }
        #expect(book.open.isEmpty)
    }

    @Test("keeps requests whole or not at all, and counts a task once")
    func tasks() {
        var book = IncidentBook()
        book.begin(Self.record(Self.g))
        book.noteTasks(Self.g, (0..<5).map { Self.task($0, bytes: 60 << 10) }, omitted: 7)
        book.noteTasks(Self.g, [Self.task(0), Self.task(1)], omitted: 0)
        #expect(book.open[Self.g]?.taskCount == 5)
        #expect(book.open[Self.g]?.omittedTasks == 7)
        let noted = book.changes.tasks.map(\.task)
        #expect(noted.prefix(5).map(\.isRequestCut) == [false, false, false, false, true])
        #expect(noted.prefix(5).map { $0.request != nil } == [true, true, true, true, false])
        book.noteTasks(Self.g, (10..<400).map { Self.task($0, bytes: 0) }, omitted: 0)
        #expect(book.open[Self.g]?.taskCount == IncidentRecord.maximumTasks)
        #expect(book.open[Self.g]?.omittedTasks == 7 + 5 + 390 - IncidentRecord.maximumTasks)
    }

    @Test("tells incidents apart that a graph has at the same time")
    func numbers() {
        var book = IncidentBook()
        let numbers = [Self.g, Self.g, GraphID("h"), Self.g].map {
            book.nextNumber(of: $0, at: Self.at)
        }
        #expect(numbers == [0, 1, 0, 2])
        #expect(book.nextNumber(of: Self.g, at: Self.at + .seconds(1)) == 0)
    }

    @Test("ends what an earlier run left open twice")
    func remembered() {
        let records = [Self.record(Self.g, 1), Self.record(Self.g, 3), Self.record(Self.g, 2)]
        let book = IncidentBook(remembered: records)
        #expect(book.open[Self.g]?.openedAt == Timestamp(milliseconds: 3))
        #expect(book.changes.records.map(\.outcome) == ["unfinished", "unfinished"])
        #expect(book.changes.records.allSatisfy { $0.endedAt == Timestamp(milliseconds: 3) })
    }
}
