import Cycle
import Series
import Testing
import Time

@testable import Agent

@Suite("The silences of an Alertmanager")
struct SilenceDocumentTests {
    private static let now = Timestamp(milliseconds: 1_795_428_000_000)

    private func read(_ text: String) throws -> (silences: [Silence], unreadable: Int) {
        try SilenceDocument.read(Array(text.utf8), at: Self.now)
    }

    private func item(
        _ matchers: String,
        state: String = "active",
        ends: String = "2026-11-23T12:00:00.000Z",
        comment: String = "upgrade"
    ) -> String {
        """
        {"id":"a1","status":{"state":"\(state)"},"updatedAt":"2026-11-23T09:00:00.000Z",\
        "comment":"\(comment)","createdBy":"kim","startsAt":"2026-11-23T09:00:00.000Z",\
        "endsAt":"\(ends)","matchers":[\(matchers)]}
        """
    }

    private let equal = #"{"name":"graph_id","value":"g","isRegex":false,"isEqual":true}"#

    @Test("are read with all kinds of matchers")
    func matchers() throws {
        let kinds = [
            equal, #"{"name":"a","value":"b","isRegex":false,"isEqual":false}"#,
            #"{"name":"c","value":"d.*","isRegex":true,"isEqual":true}"#,
            #"{"name":"e","value":"f|g","isRegex":true,"isEqual":false}"#,
            #"{"name":"old","value":"x","isRegex":false}"#,
        ]
        let read = try read("[\(item(kinds.joined(separator: ",")))]")
        #expect(read.unreadable == 0)
        let silence = try #require(read.silences.first)
        #expect(
            silence.matchers.map(\.description)
                == [#"graph_id="g""#, #"a!="b""#, #"c=~"d.*""#, #"e!~"f|g""#, #"old="x""#]
        )
        #expect(
            silence.description == "silence a1 by kim until 2026-11-23T12:00:00Z: upgrade"
        )
    }

    @Test("that have expired, or will end before they are read, are left out")
    func expired() throws {
        let list = [
            item(equal, state: "expired"), item(equal, ends: "2026-11-23T10:00:00Z"),
            item(equal, state: "pending"),
        ]
        let read = try read("[\(list.joined(separator: ","))]")
        #expect(read.silences.count == 1 && read.unreadable == 0)
    }

    @Test(
        "that cannot be read in full are counted and hold nothing",
        arguments: [
            "", #"{"name":"a","value":"(","isRegex":true}"#, #"{"name":"a","value":"b"}"#,
            #"{"name":"a","isRegex":false}"#, "3",
        ]
    )
    func unreadable(matchers: String) throws {
        let broken = matchers.isEmpty ? item("") : item("\(equal),\(matchers)")
        let read = try read("[\(broken),\(item(equal))]")
        #expect(read.silences.count == 1 && read.unreadable == 1)
    }

    @Test("are bounded in number and in what is shown of them")
    func bounds() throws {
        let long = item(equal, comment: String(repeating: "x", count: 5_000) + "\\n")
        let list = Array(repeating: item(equal), count: SilenceBook.most + 2)
        let many = try read("[\(list.joined(separator: ","))]")
        #expect(many.silences.count == SilenceBook.most && many.unreadable == 2)
        let shown = try #require(try read("[\(long)]").silences.first?.comment)
        #expect(shown.count == 259)
        let lines = try read("[\(item(equal, comment: "a\\nb\\u0007"))]").silences.first?.comment
        #expect(lines == "a b ")
    }

    @Test(
        "are an error if the answer is something else",
        arguments: ["", "{}", "[", "null", "<html>"]
    )
    func malformed(text: String) {
        #expect(throws: SilenceDocument.Malformed.self) { try read(text) }
    }
}
