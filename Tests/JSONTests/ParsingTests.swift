import JSON
import Testing

@Suite struct ParsingTests {
    struct Document: Sendable, CustomTestStringConvertible {
        let text: String
        let value: JSONValue
        var testDescription: String { text }
    }

    static let accepted = [
        Document(text: "null", value: .null),
        Document(text: " true\n", value: true),
        Document(text: "false", value: false),
        Document(text: "0", value: 0),
        Document(text: "-0", value: 0),
        Document(text: "123456789012345678", value: 123_456_789_012_345_678),
        Document(text: "-9223372036854775808", value: .integer(.min)),
        Document(text: "9223372036854775807", value: .integer(.max)),
        Document(text: "9223372036854775808", value: .unsigned(9_223_372_036_854_775_808)),
        Document(text: "18446744073709551615", value: .unsigned(.max)),
        Document(text: "1.0", value: 1.0),
        Document(text: "1e2", value: 100.0),
        Document(text: "-1.5E-1", value: -0.15),
        Document(text: "1e-400", value: 0.0),
        Document(text: "0.1", value: 0.1),
        Document(text: "1.7976931348623157e308", value: .double(.greatestFiniteMagnitude)),
        Document(text: "5e-324", value: .double(.leastNonzeroMagnitude)),
        Document(text: "\"\"", value: ""),
        Document(text: #""a\u0000b""#, value: "a\0b"),
        Document(text: #""\"\\\/\b\f\n\r\t\u00e9""#, value: "\"\\/\u{8}\u{C}\n\r\té"),
        Document(text: #""\ud83d\ude00""#, value: "😀"),
        Document(text: #""\ud83d""#, value: "\u{FFFD}"),
        Document(text: "\"\u{7F}é😀\"", value: "\u{7F}é😀"),
        Document(text: "[]", value: []),
        Document(text: "[1,[2,[]],{}]", value: [1, [2, []], [:]]),
        Document(
            text: #"{"b":1,"a":{"b":2},"":3}"#,
            value: ["b": 1, "a": ["b": 2], "": 3]
        ),
        Document(text: "\t{ \"a\" :\r\n[ ] } ", value: ["a": []]),
    ]

    @Test("an accepted document has the expected value", arguments: accepted)
    func accepts(document: Document) throws {
        #expect(try parse(document.text) == document.value)
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let text: String
        let offset: Int
        let message: String
        var testDescription: String { text }

        init(_ text: String, _ offset: Int, _ message: String) {
            self.text = text
            self.offset = offset
            self.message = message
        }
    }

    static let refused = [
        Fault("", 0, "the document is empty"),
        Fault(" \n", 2, "the document is empty"),
        Fault("[1", 2, "the document ends inside the array that begins at byte 0"),
        Fault("{\"a\":[", 6, "the document ends inside the array that begins at byte 5"),
        Fault("[\"ab", 4, "the document ends inside the string that begins at byte 1"),
        Fault("[\"a\\", 3, "the document ends inside a string"),
        Fault("[1}", 2, "unexpected '}'"),
        Fault("]", 0, "unexpected ']'"),
        Fault("'a'", 0, "unexpected '''"),
        Fault("{'a':1}", 1, "unexpected '''"),
        Fault("/* */1", 0, "unexpected '/'"),
        Fault("[1]\0", 3, "unexpected byte 0x0"),
        Fault("\u{FEFF}[]", 0, "the document begins with a byte order mark"),
        Fault("NaN", 0, "\"NaN\" is not a JSON value"),
        Fault("[Infinity]", 1, "\"Infinity\" is not a JSON value"),
        Fault("[-Infinity]", 2, "expected a digit"),
        Fault("TRUE", 0, "\"TRUE\" is not a JSON value"),
        Fault("nul", 0, "\"nul\" is not a JSON value"),
        Fault("[01]", 1, "number with a leading zero"),
        Fault("-00", 0, "number with a leading zero"),
        Fault("1.", 2, "expected a digit"),
        Fault("[1e]", 3, "expected a digit"),
        Fault("1e400", 0, "number out of range of a double"),
        Fault("[-1e999]", 1, "number out of range of a double"),
        Fault(
            "[18446744073709551616]",
            1,
            "integer out of range of 64 bits; identifiers of this size must be strings"
        ),
        Fault(
            "-9223372036854775809",
            0,
            "integer out of range of 64 bits; identifiers of this size must be strings"
        ),
        Fault("{\"a\":1,\"a\":2}", 7, "duplicate name \"a\""),
        Fault(#"{"a":{"b":0,"a":1,"\u0062":2}}"#, 18, "duplicate name \"b\""),
        Fault(#"{"\ud800":1,"\udbff":2}"#, 12, "duplicate name \"\u{FFFD}\""),
        Fault(#"{"a\u0000b":1}"#, 1, "a name must not contain U+0000"),
        Fault("\"a\nb\"", 2, "unescaped control character in a string; write it as \\u00XX"),
        Fault(#""\x41""#, 1, "invalid escape sequence"),
        Fault(#""\u12g4""#, 1, "\\u without four hexadecimal digits"),
        Fault(#""\u12"#, 1, "\\u without four hexadecimal digits"),
    ]

    @Test("a refused document is reported with its error and position", arguments: refused)
    func refuses(fault: Fault) {
        #expect(throws: JSONError(offset: fault.offset, message: fault.message)) {
            try parse(fault.text)
        }
    }

    @Test(
        "tokens in the wrong order are refused where they stand",
        arguments: [
            ("1 2", 2), ("[1 2]", 3), ("[1,]", 3), ("[,1]", 1), ("[1,,2]", 3), ("{,}", 1),
            ("{\"a\"}", 4),
            ("{\"a\":}", 5), ("{\"a\":1,}", 7), ("{\"a\" 1}", 5), ("{1:2}", 1), ("{null:1}", 1),
            ("[1:2]", 2), ("[\"a\"\"b\"]", 4), ("[1]1", 3), ("[][]", 2), ("{\"a\"::1}", 5),
            (",", 0),
        ]
    )
    func tokenOrder(text: String, offset: Int) throws {
        let error = try #require(throws: JSONError.self) { try parse(text) }
        #expect(error.offset == offset)
        #expect(!error.message.isEmpty)
    }

    @Test(
        "invalid UTF-8 is refused, overlong forms and surrogates too",
        arguments: [
            ([0x22, 0xFF, 0x22], 1), ([0x22, 0xC3, 0x22], 1), ([0x22, 0xC0, 0x80, 0x22], 1),
            ([0x22, 0xED, 0xA0, 0x80, 0x22], 1), ([0x22, 0x61, 0xF4, 0x90, 0x80, 0x80, 0x22], 2),
            ([0x22, 0xE2, 0x82], 1),
        ]
    )
    func invalidUTF8(
        bytes: [UInt8],
        offset: Int
    ) throws {
        #expect(throws: JSONError(offset: offset, message: "invalid UTF-8")) {
            try JSONValue.parse(bytes)
        }
    }

    @Test("names are compared byte by byte")
    func names() throws {
        let value = try parse("{\"\u{E9}\":1,\"e\u{301}\":2}")
        #expect(value["\u{E9}"] == 1)
        #expect(value["e\u{301}"] == 2)
    }

    @Test("one duplicate among many names is detected")
    func oneDuplicate() throws {
        let names = (0..<1000).map { "\"name\($0)\":\($0)" }
        #expect(try parse("{\(names.joined(separator: ","))}").objectValue?.count == 1000)
        let error = try #require(throws: JSONError.self) {
            try parse("{\(names.joined(separator: ",")),\"name77\":0}")
        }
        #expect(error.message == "duplicate name \"name77\"")
    }
}

@Suite struct LimitTests {
    @Test("the size is checked before parsing")
    func size() throws {
        let limits = JSONLimits(maximumBytes: 10)
        #expect(try parse("[1,2,3,45]", limits: limits).arrayValue?.count == 4)
        let error = try #require(throws: JSONError.self) {
            try parse("[1,2,3,456]", limits: limits)
        }
        #expect(error.message == "the document has 11 bytes, more than the limit of 10")
    }

    @Test("the depth counts arrays and objects alike")
    func depth() throws {
        let nested = {
            String(repeating: "[{\"a\":", count: $0) + "1" + String(repeating: "}]", count: $0)
        }
        #expect(throws: Never.self) { try parse(nested(16)) }
        let error = try #require(throws: JSONError.self) { try parse("[" + nested(16) + "]") }
        #expect(error.message == "nested more than 32 levels deep")
        #expect(throws: JSONError.self) { try parse(String(repeating: "[", count: 1_000_000)) }
        let shallow = JSONLimits(maximumBytes: 100, maximumDepth: 0)
        #expect(try parse("1", limits: shallow) == 1)
        #expect(throws: JSONError.self) { try parse("[]", limits: shallow) }
        let deep = JSONLimits(maximumBytes: 1000, maximumDepth: 100)
        let hundred = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(throws: Never.self) { try parse(hundred, limits: deep) }
    }

    @Test("the deepest document that any limit allows can be parsed and written")
    func deepest() throws {
        let limits = JSONLimits(maximumBytes: 10_000, maximumDepth: .max)
        let nested = { String(repeating: "[", count: $0) + String(repeating: "]", count: $0) }
        #expect(try serialize(parse(nested(512), limits: limits)) == nested(512))
        #expect(throws: JSONError.self) { try parse(nested(513), limits: limits) }
    }

    @Test("names also count towards the limit")
    func nameBytes() throws {
        let limits = JSONLimits(maximumBytes: 100, maximumValues: 4)
        for text in ["{\"\"\"\"\"\"\"\"\"\"", "{\"\",\"\",\"\",\"\",\"\""] {
            let error = try #require(throws: JSONError.self) { try parse(text, limits: limits) }
            #expect(error.message == "more than 4 names")
        }
    }

    @Test("a document of many small values is rejected before it takes many times its size")
    func density() throws {
        let dense = "[" + String(repeating: "[],", count: 1_000_000) + "1]"
        let error = try #require(throws: JSONError.self) { try parse(dense) }
        #expect(error.message == "more than 254096 values")
        let graph = #"{"id":"0123456789abcdef","status":"200"},"#
        let typical = "[" + String(repeating: graph, count: 20_000) + "1]"
        #expect(throws: Never.self) { try parse(typical) }
    }

    @Test("values are counted, containers too, but not names")
    func valueCount() throws {
        let limits = JSONLimits(maximumBytes: 100, maximumValues: 4)
        #expect(throws: Never.self) { try parse("{\"a\":[1,null]}", limits: limits) }
        let error = try #require(throws: JSONError.self) {
            try parse("{\"a\":[1,null,\"\"]}", limits: limits)
        }
        #expect(error.message == "more than 4 values")
    }

    @Test("the length of a number is bounded")
    func longestNumber() throws {
        let digits = String(repeating: "1", count: 1022)
        #expect(throws: Never.self) { try parse("0." + digits) }
        #expect(throws: JSONError.self) { try parse("0." + digits + "1") }
        #expect(throws: JSONError.self) { try parse(digits) }
    }

    @Test("no configuration exceeds what json-c can count")
    func jsonCBounds() {
        #expect(JSONLimits(maximumBytes: .max).maximumBytes == 64 << 20)
    }

    @Test("an error quotes no more than the beginning of a name")
    func longNames() {
        let name = String(repeating: "é", count: 100_000)
        let duplicate = #expect(throws: JSONError.self) {
            try parse(#"{"\#(name)":1,"\#(name)":2}"#)
        }
        #expect("\(duplicate, default: "")".unicodeScalars.count < 1_100)
        let error = JSONError(path: "$." + name, message: name)
        #expect(error.description.unicodeScalars.count < 2_100)
        #expect(error.path?.hasPrefix("$.éé") == true)
    }
}
