import JSON
import Testing

@Suite struct SerializerTests {
    @Test(
        "quotes, backslashes and what is unsafe to show are escaped, and nothing else",
        arguments: [
            ("a\"b\\c", #""a\"b\\c""#), ("\n\r\t", #""\n\r\t""#),
            ("\0\u{1}\u{1F}", #""\u0000\u0001\u001f""#),
            ("\u{9b}\u{202e}\u{2066}", #""\u009b\u202e\u2066""#),
            ("\u{8}\u{C}", #""\u0008\u000c""#), ("/é😀\u{7F}", #""/é😀\u007f""#),
        ]
    )
    func escaping(
        text: String,
        json: String
    ) throws {
        #expect(try serialize(.string(text)) == json)
        #expect(try serialize(.object([JSONMember(text, .null)])) == "{\(json):null}")
    }

    static let forms: [(JSONValue, String)] = [
        (.double(0.1), "0.1"), (.double(1), "1.0"), (.double(-0.0), "-0.0"),
        (.double(1e300), "1e+300"), (.double(.leastNonzeroMagnitude), "5e-324"),
        (.integer(.min), "-9223372036854775808"), (.unsigned(.max), "18446744073709551615"),
        (true, "true"), (.null, "null"), ([], "[]"), ([:], "{}"),
        ([1, [2.5, "x"], ["a": .null]], #"[1,[2.5,"x"],{"a":null}]"#),
    ]

    @Test("every kind has one compact form", arguments: forms)
    func compactForms(value: JSONValue, json: String) throws {
        #expect(try serialize(value) == json)
    }

    @Test("members are sorted by their bytes, at every level")
    func sorting() throws {
        let value: JSONValue = ["b": 1, "a": ["z": 1, "é": 2, "Z": 3], "": 0]
        #expect(try serialize(value, .sorted) == #"{"":0,"a":{"Z":3,"z":1,"é":2},"b":1}"#)
        #expect(try serialize(value) == #"{"b":1,"a":{"z":1,"é":2,"Z":3},"":0}"#)
    }

    @Test("a value nested too deeply is refused without a stack overflow")
    func nesting() {
        let deep = (0..<600).reduce(JSONValue.null) { value, _ in [value] }
        #expect(throws: JSONError.self) { try deep.serialized() }
    }

    @Test("lookups do not convert types")
    func lookups() throws {
        let value: JSONValue = [
            "n": 1, "s": "1", "d": 1.5, "b": true, "z": .null, "u": .unsigned(.max),
        ]
        #expect(value["n"]?.integerValue == 1)
        #expect(value["s"]?.integerValue == nil)
        #expect(value["d"]?.integerValue == nil)
        #expect(value["b"]?.integerValue == nil)
        #expect(value["u"]?.integerValue == nil)
        #expect(value["n"]?.doubleValue == 1)
        #expect(value["n"]?.stringValue == nil)
        #expect(value["n"]?.boolValue == nil)
        #expect(value["z"]?.isNull == true)
        #expect(value["N"] == nil)
        #expect(value[0] == nil)
        #expect(JSONValue.array([1])[1] == nil)
        #expect(JSONValue.array([1])["0"] == nil)
    }
}
