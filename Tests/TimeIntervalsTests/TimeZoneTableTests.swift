import Foundation
import Testing
import Time
@testable import TimeIntervals

/// A zone of the system's database.
func zone(_ name: String) throws -> TimeZoneTable {
    let file = URL(filePath: "/usr/share/zoneinfo/\(name)")
    return try TimeZoneTable(name: name, file: Array(try Data(contentsOf: file)))
}

/// The local times that date(1) shows, by the same database.
private func shownByDate(_ seconds: [Int64], in zone: String) throws -> [String] {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: file) }
    try seconds.map { "@\($0)\n" }.joined().write(to: file, atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/date")
    process.arguments = ["-f", file.path, "+%Y-%m-%d %H:%M:%S"]
    process.environment = ["TZ": zone, "LC_ALL": "C"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(
        decoding: try output.fileHandleForReading.readToEnd() ?? Data(),
        as: UTF8.self
    )
    process.waitUntilExit()
    return text.split(separator: "\n").map(String.init)
}

@Suite("A time zone of the IANA database")
struct TimeZoneTableTests {
    /// Where clocks move by 30 minutes, where winter time is the exception, where a rule reaches
    /// into another day, where the year has summer time over its end, and without rules.
    private static let zones = [
        "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Europe/Dublin",
        "Asia/Shanghai", "America/Nuuk", "Asia/Gaza", "Africa/Casablanca", "Asia/Kolkata",
        "Antarctica/Troll", "Pacific/Apia", "America/Sao_Paulo", "UTC",
    ]

    @Test("shows what date(1) shows, in the past, now and far ahead", arguments: zones)
    func agreesWithDate(name: String) throws {
        let table = try zone(name)
        // Every 6 h 50 min 1 s of selected years, and every half hour of two years with rules.
        var seconds: [Int64] = []
        for year in [1900, 1919, 1945, 1970, 2011, 2026, 2037, 2038, 2099, 2400] {
            let start = Timestamp(startOf: try #require(CivilDate(year: year, month: 1, day: 1)))
            seconds += (0..<1290).map { start.milliseconds / 1000 + $0 * 24_601 }
        }
        for year in [2027, 2050] {
            let start = Timestamp(startOf: try #require(CivilDate(year: year, month: 1, day: 1)))
            seconds += (0..<17_600).map { start.milliseconds / 1000 + $0 * 1800 }
        }
        let expected = try shownByDate(seconds, in: name)
        try #require(expected.count == seconds.count)
        var differing: [String] = []
        for (second, shown) in zip(seconds, expected) {
            let civil = table.civilTime(at: Timestamp(milliseconds: second * 1000))
            let text = "\(civil.date) \(civil.time)"
            if text != shown { differing.append("\(second): \(text), date: \(shown)") }
        }
        #expect(differing.isEmpty, "\(differing.prefix(5))")
    }

    @Test("names every change of its offset", arguments: zones)
    func nextChanges(name: String) throws {
        let table = try zone(name)
        for year in [2011, 2026, 2060] {
            let start =
                Timestamp(startOf: try #require(CivilDate(year: year, month: 1, day: 1)))
                .milliseconds / 1000
            let end = start + 366 * 86_400
            let seen = stride(from: start + 300, to: end, by: 300).filter {
                table.offsetSeconds(at: $0) != table.offsetSeconds(at: $0 - 300)
            }
            var named: [Int64] = []
            var time = start
            while let change = table.nextChange(after: time), change < end {
                // Zones also note changes of other kinds, such as of their abbreviation.
                if table.offsetSeconds(at: change) != table.offsetSeconds(at: change - 1) {
                    named.append((change + 299) / 300 * 300)
                }
                time = change
            }
            #expect(named == seen, "\(name) in \(year)")
        }
    }

    @Test("is rejected if its file is damaged, wherever that is")
    func damaged() throws {
        let bytes = Array(
            try Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/Europe/Berlin"))
        )
        for length in stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: ZoneFileError.self, "\(length) bytes") {
                try TimeZoneTable(name: "x", file: Array(bytes.prefix(length)))
            }
        }
        // Whatever a byte becomes, reading ends and the zone can be asked.
        for index in bytes.indices {
            for value in [0, 0x7F, 0xFF] as [UInt8] {
                var changed = bytes
                changed[index] = value
                guard let table = try? TimeZoneTable(name: "x", file: changed) else { continue }
                _ = table.offset(at: Timestamp(milliseconds: 4_000_000_000_000))
                _ = table.nextChange(after: 4_000_000_000)
            }
        }
    }

    @Test(
        "has a rule in POSIX notation",
        arguments: [
            ("CET-1CEST,M3.5.0,M10.5.0/3", true), ("UTC0", true),
            ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", true),
            ("IST-1GMT0,M10.5.0,M3.5.0/1", true), ("AST3ADT4,0/0,J365/23", true),
            ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", true), ("CE-1", false), ("CET", false),
            ("CET-1CEST", false), ("CET-1CEST,M3.5.0", false), ("CET-1CEST,M13.5.0,M10.5.0", false),
            ("CET-1CEST,M3.6.0,M10.5.0", false), ("CET-1CEST,M3.5.7,M10.5.0", false),
            ("CET-1CEST,J0,J9", false), ("CET-25", false), ("CET-1CEST,M3.5.0/168,M10.5.0", false),
            ("CET-1x", false), ("<CET-1", false), ("CET-1CEST,J366,J1", false),
        ]
    )
    func notation(text: String, isValid: Bool) {
        #expect((ZoneRule(text) != nil) == isValid)
    }

    @Test("with summer time all year never leaves it")
    func allYear() throws {
        let rule = try #require(ZoneRule("AST3ADT4,0/0,J365/23"))
        let start: Int64 = 1_767_225_600
        for second in stride(from: start, to: start + 800 * 86_400, by: 3600) {
            #expect(rule.offset(at: second) == -4 * 3600)
        }
    }
}
