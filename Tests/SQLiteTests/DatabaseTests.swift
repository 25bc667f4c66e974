import Foundation
@testable import SQLite
import Testing

@Suite("A database")
struct DatabaseTests {
    private let database: DatabaseQueue

    init() throws {
        database = try .inMemory()
        try database.write { db in
            try db.execute(sql: "CREATE TABLE t (a ANY, b TEXT UNIQUE) STRICT; -- nothing more\n ")
        }
    }

    private var count: Int? {
        get throws { try database.read { try $0.fetchValue(sql: "SELECT count(*) FROM t") } }
    }

    @Test(
        "returns values as they were bound",
        arguments: [
            .null, .integer(.min), .integer(.max), .real(0.1), .text(""), .text("é\u{0}x"),
            .text("'; DROP TABLE t; --"),
        ] as [DatabaseValue]
    )
    func values(value: DatabaseValue) throws {
        let found = try database.write { db in
            try db.execute(sql: "INSERT INTO t (a) VALUES (?)", arguments: [value])
            return try db.fetchOne(sql: "SELECT a FROM t")
        }
        #expect(found?.values == [value])
    }

    @Test("reads columns by name and type")
    func columns() throws {
        try database.write { db in
            let none: Int64? = nil
            try db.execute(sql: "INSERT INTO t VALUES (?, ?)", arguments: [none, "x"])
        }
        let row = try #require(try database.read { try $0.fetchOne(sql: "SELECT * FROM t") })
        #expect(try row.get("b") == "x")
        #expect(try row.get("a", as: Int?.self) == nil)
        #expect(throws: RowError(column: "a")) { try row.get("a", as: Int.self) }
        #expect(throws: RowError(column: "b")) { try row.get("b", as: Int?.self) }
        #expect(throws: RowError(column: "c")) { try row.get("c", as: String.self) }
    }

    @Test("writes all of a transaction or nothing")
    func transactions() throws {
        struct Interruption: Error {}
        #expect(throws: Interruption.self) {
            try database.write { db in
                try db.execute(sql: "INSERT INTO t VALUES (1, 'x')")
                throw Interruption()
            }
        }
        #expect(try count == 0)
        try database.write { try $0.execute(sql: "INSERT INTO t VALUES (1, 'x')") }
        let error = #expect(throws: DatabaseError.self) {
            try database.write { db in
                try db.execute(sql: "INSERT INTO t VALUES (2, 'y')")
                try db.execute(sql: "INSERT INTO t VALUES (?, ?)", arguments: [3, "x"])
            }
        }
        #expect(error?.code == DatabaseError.constraint)
        #expect(error?.message == "UNIQUE constraint failed: t.b")
        #expect(try count == 1)
    }

    @Test(
        "reports mistakes in statements",
        arguments: ["SELEC", "SELECT 1; SELEC", "SELECT * FROM none", "SELECT ?, ?"]
    )
    func mistakes(sql: String) throws {
        let result = #expect(throws: DatabaseError.self) {
            // A third argument has no place.
            try database.read { try $0.execute(sql: sql, arguments: [1, 2, 3]) }
        }
        #expect(result != nil)
        #expect(try count == 0)
    }

    @Test("keeps rows that others refer to")
    func foreignKeys() throws {
        let error = #expect(throws: DatabaseError.self) {
            try database.write { db in
                try db.execute(
                    sql: "CREATE TABLE c (b TEXT REFERENCES t (b)); INSERT INTO c VALUES ('x')"
                )
            }
        }
        #expect(error?.code == DatabaseError.constraint)
    }

    @Test("is copied as a whole, and refuses every call once it is closed")
    func copies() throws {
        let file = FileManager.default.temporaryDirectory.path + "/sqlite-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try database.write { try $0.execute(sql: "INSERT INTO t VALUES (1, 'x')") }
        try database.backUp(toFile: file)
        let copy = try DatabaseQueue(path: file)
        let rows = try copy.read { try $0.fetchAll(sql: "SELECT * FROM t") }
        #expect(rows.map(\.values) == [[.integer(1), .text("x")]])
        copy.close()
        copy.close()
        #expect(throws: DatabaseError.self) { try copy.read { _ in } }
        #expect(throws: DatabaseError.self) { try copy.backUp(toFile: file) }
        let unopened = #expect(throws: DatabaseError.self) {
            try DatabaseQueue(path: "/no/such/folder/file")
        }
        #expect(unopened?.code == DatabaseError.cannotOpen)
    }

    @Test("is used by one thread at a time")
    func concurrency() async throws {
        try await withThrowingTaskGroup(of: Void.self) { [database] group in
            for number in 0..<8 {
                group.addTask {
                    for step in 0..<50 {
                        try database.write { db in
                            let before = try db.fetchValue(Int.self, sql: "SELECT count(*) FROM t")
                            try db.execute(
                                sql: "INSERT INTO t VALUES (?, ?)",
                                arguments: [before, "\(number) \(step)"]
                            )
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let most = try database.read { try $0.fetchValue(Int.self, sql: "SELECT max(a) FROM t") }
        #expect(most == 399)
    }

    private static let blobs = "SELECT a, CAST(b AS BLOB) FROM t ORDER BY rowid"

    @Test("passes a number and a blob of each row, one after the other")
    func blobs() throws {
        try database.write { db in
            for (number, text) in [(1, "one"), (2, ""), (3, nil), (4, "four")] as [(Int, String?)] {
                try db.execute(sql: "INSERT INTO t VALUES (?, ?)", arguments: [number, text])
            }
            try db.execute(sql: "INSERT INTO t VALUES ('none', 'left out')")
        }
        var found: [Int: [UInt8]?] = [:]
        let isWhole = try database.read { db in
            try db.forEachBlob(sql: Self.blobs, where: { $0 != 4 }) { number, bytes in
                found[number] = bytes
                return true
            }
        }
        #expect(isWhole && found == [1: Array("one".utf8), 2: [], 3: nil])
    }

    @Test("ends the reading of blobs when told to, and can be read again")
    func endedBlobs() throws {
        try database.write { db in
            for number in 1...40 {
                try db.execute(
                    sql: "INSERT INTO t VALUES (?, ?)",
                    arguments: [number, "\(number)"]
                )
            }
        }
        try database.read { db in
            for end in [1, 20, 40] {
                var kept: [[UInt8]] = []
                let isWhole = try db.forEachBlob(sql: Self.blobs, where: { _ in true }) {
                    if let bytes = $1 { kept.append(bytes) }
                    return $0 != end
                }
                #expect(!isWhole && kept == (1...end).map { Array("\($0)".utf8) })
                let isUnread = try db.forEachBlob(
                    sql: Self.blobs,
                    where: { $0 == end ? nil : false },
                    { _, _ in true }
                )
                #expect(!isUnread)
            }
            // The rows of one query are read at a time.
            _ = try db.forEachBlob(sql: Self.blobs, where: { _ in true }) { _, _ in
                #expect(throws: DatabaseError.self) {
                    try db.forEachRow(sql: "SELECT a FROM t") { _ in true }
                }
                return true
            }
        }
    }
}
