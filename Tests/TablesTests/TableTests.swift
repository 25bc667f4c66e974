import Tables
import Testing

@Suite("A table")
struct TableTests {
    private let table = Table(
        [.init("NAME"), .init("STATE"), .init("SUMMARY", isFreeText: true)],
        rows: [
            [Cell("social"), Cell("held", .warning), Cell("the graph is being observed")],
            [Cell("fraud-detection"), Cell("idle"), Cell("")],
        ]
    )

    @Test("aligns columns and leaves no space at the end of a line")
    func layout() {
        #expect(
            table.lines(width: nil) == [
                "NAME              STATE   SUMMARY",
                "social            held    the graph is being observed",
                "fraud-detection   idle",
            ]
        )
        #expect(table.lines(width: nil, hasHeader: false).count == 2)
        #expect(table.lines(width: 200) == table.lines(width: nil))
        #expect(Table([.init("NAME")]).lines(width: 10) == ["NAME"])
        #expect(Table([.init("NAME")]).lines(width: 10, hasHeader: false) == [])
    }

    @Test("is cut to the height of the terminal, with the number of rows left out")
    func height() {
        let lines = ["NAME", "a", "b", "c"]
        #expect(Table.cut(lines, toHeight: nil) == lines)
        #expect(Table.cut(lines, toHeight: 4) == lines)
        #expect(Table.cut(lines, toHeight: 3) == ["NAME", "a", "... 2 more"])
        #expect(Table.cut(lines, toHeight: 2) == ["NAME", "... 3 more"])
        #expect(Table.cut(lines, toHeight: 1) == ["... 4 more"])
        #expect(Table.cut([], toHeight: 0) == [])
    }

    @Test("cuts free text, and nothing else, to fit the terminal")
    func narrow() {
        #expect(table.lines(width: 40)[1] == "social            held    the graph is …")
        #expect(table.lines(width: 10)[1] == "social            held    the gra…")
        #expect(table.lines(width: 10)[2] == "fraud-detection   idle")
    }

    @Test("cuts the widest free text first", arguments: 20...60)
    func widest(width: Int) {
        let table = Table(
            [.init("A", isFreeText: true), .init("B", isFreeText: true), .init("C")],
            rows: [
                [
                    Cell(String(repeating: "a", count: 30)),
                    Cell(String(repeating: "b", count: 20)), Cell("c"),
                ]
            ]
        )
        let line = table.lines(width: width, hasHeader: false).first ?? ""
        #expect(line.displayWidth == min(57, max(23, width)), "\(line)")
        let (a, b) = (line.count { $0 == "a" }, line.count { $0 == "b" })
        #expect(a >= b - 1 || b == 20, "\(line)")
    }

    @Test("colours cells without counting the colours as width")
    func colors() {
        #expect(
            table.lines(width: nil, isColored: true)[1]
                == "social            \u{1B}[33mheld\u{1B}[0m    the graph is being observed"
        )
    }

    @Test("shows characters that act on a terminal as escapes")
    func unsafe() {
        let table = Table(
            [.init("NAME"), .init("X")],
            rows: [[Cell("a\u{1B}[2Jb\nc"), Cell("x")]]
        )
        let line = table.lines(width: nil, hasHeader: false).first ?? ""
        #expect(!line.unicodeScalars.contains { $0.value < 0x20 }, "\(line)")
        #expect(line.hasSuffix("c   x"))
    }

    @Test("counts Chinese characters as two columns")
    func wide() {
        let table = Table(
            [.init("NAME", isFreeText: true), .init("X")],
            rows: [[Cell("社交图谱"), Cell("x")], [Cell("social"), Cell("y")]]
        )
        #expect(table.lines(width: nil) == ["NAME       X", "社交图谱   x", "social     y"])
        #expect("社交图谱".cutToWidth(6) == "社交…" && "社交图谱".cutToWidth(8) == "社交图谱")
        #expect("é".displayWidth == 1 && "e\u{301}".displayWidth == 1 && "a".cutToWidth(0) == "")
    }
}

@Suite("An age")
struct AgeTests {
    @Test(
        "is printed as kubectl does",
        arguments: [
            (-3, "<invalid>"), (-1, "0s"), (0, "0s"), (119, "119s"), (120, "2m"), (121, "2m1s"),
            (599, "9m59s"), (600, "10m"), (659, "10m"), (10_799, "179m"), (10_800, "3h"),
            (10_860, "3h1m"), (28_799, "7h59m"), (28_800, "8h"), (172_799, "47h"),
            (172_800, "2d"), (176_400, "2d1h"), (691_199, "7d23h"), (691_200, "8d"),
            (63_071_999, "729d"), (63_072_000, "2y"), (63_158_400, "2y1d"),
            (252_288_000, "8y"), (400_000_000, "12y"),
        ]
    )
    func text(seconds: Int, text: String) {
        #expect(Age.text(.seconds(seconds)) == text)
    }
}

@Suite("A reference to a graph")
struct GraphReferenceTests {
    private let graphs = [
        GraphReference.Candidate(id: "3f2a9c1e-0000", name: "social"),
        GraphReference.Candidate(id: "3f2a9c1e-1111", name: "fraud"),
        GraphReference.Candidate(id: "77777777-2222", name: "twin"),
        GraphReference.Candidate(id: "88888888-3333", name: "twin"),
        GraphReference.Candidate(id: "99999999-4444", name: "88888888"),
        GraphReference.Candidate(id: "aaaaaaaa-5555", name: "77777777-2222"),
    ]

    @Test("is an id, a unique name, or the beginning of one id, in this order")
    func find() {
        let cases: [(text: String, indices: [Int])] = [
            ("3f2a9c1e-0000", [0]), ("social", [0]), ("3f2a9c1e-1", [1]), ("3f2a9c1e", [0, 1]),
            ("3f2a9c1", []), ("twin", [2, 3]), ("88888888", [4]), ("88888888-", [3]),
            ("77777777-2222", [2]), ("", []), ("nobody-here", []), ("Social", []),
        ]
        for (text, indices) in cases {
            let expected: GraphReference =
                switch indices.count {
                case 0: .unknown
                case 1: .found(graphs[indices[0]])
                default: .ambiguous(indices.map { graphs[$0] })
                }
            #expect(GraphReference.find(text, in: graphs) == expected, "\(text)")
        }
    }
}
