import JSON
import Testing

@Suite struct CodableTests {
    struct Graph: Codable, Equatable {
        enum Phase: String, Codable { case running, stopped }

        var id: String
        var phase: Phase
        var status: Int
        var load: Double?
        var tags: [String: String]
        var parts: [[UInt8]]
    }

    struct Page: Codable, Equatable {
        var graphs: [Graph]
        var total: UInt64
    }

    private static let page = Page(
        graphs: [
            Graph(
                id: "a",
                phase: .running,
                status: 200,
                load: 0.5,
                tags: ["k": "v"],
                parts: [[1], []]
            ),
            Graph(id: "b", phase: .stopped, status: -1, load: nil, tags: [:], parts: []),
        ],
        total: .max
    )

    @Test("an encoded value decodes to the same value")
    func roundTrip() throws {
        let bytes = try StrictJSONEncoder().encode(Self.page)
        #expect(try StrictJSONDecoder().decode(Page.self, from: bytes) == Self.page)
    }

    @Test("the text is compact, in the order of the type or sorted")
    func compact() throws {
        let graph = Self.page.graphs[0]
        #expect(
            String(decoding: try StrictJSONEncoder().encode(graph), as: UTF8.self)
                == #"{"id":"a","phase":"running","status":200,"load":0.5,"#
                + #""tags":{"k":"v"},"parts":[[1],[]]}"#
        )
        #expect(
            String(decoding: try StrictJSONEncoder(output: .sorted).encode(graph), as: UTF8.self)
                == #"{"id":"a","load":0.5,"parts":[[1],[]],"phase":"running","#
                + #""status":200,"tags":{"k":"v"}}"#
        )
    }

    struct Misfit: Sendable, CustomTestStringConvertible {
        let text: String
        let path: String
        let message: String
        var testDescription: String { path + " " + message }
    }

    private static func page(_ members: String) -> String {
        let good = #"{"id":"a","phase":"running","status":1,"tags":{},"parts":[]}"#
        return #"{"total":1,"graphs":[\#(good),{\#(members)}]}"#
    }

    static let misfits = [
        Misfit(text: "[]", path: "$", message: "expected an object, found an array"),
        Misfit(text: "{\"graphs\":[]}", path: "$", message: "\"total\" is missing"),
        Misfit(
            text: #"{"graphs":[],"total":-1}"#,
            path: "$.total",
            message: "expected an integer in the range of UInt64"
        ),
        Misfit(text: page("\"id\":\"b\""), path: "$.graphs[1]", message: "\"phase\" is missing"),
        Misfit(
            text: page("\"id\":7"),
            path: "$.graphs[1].id",
            message: "expected a string, found a number"
        ),
        Misfit(
            text: page(#""id":null"#),
            path: "$.graphs[1].id",
            message: "expected a string, found null"
        ),
        Misfit(
            text: page(#""id":"b","phase":"running","status":"200","tags":{},"parts":[]"#),
            path: "$.graphs[1].status",
            message: "expected an integer, found a string"
        ),
        Misfit(
            text: page(#""id":"b","phase":"running","status":1.5,"tags":{},"parts":[]"#),
            path: "$.graphs[1].status",
            message: "expected an integer in the range of Int"
        ),
        Misfit(
            text: page(#""id":"b","phase":"running","status":1,"tags":{"a b":1},"parts":[]"#),
            path: "$.graphs[1].tags[\"a b\"]",
            message: "expected a string, found a number"
        ),
        Misfit(
            text: page(#""id":"b","phase":"running","status":1,"tags":{},"parts":[[],[1,256]]"#),
            path: "$.graphs[1].parts[1][1]",
            message: "expected an integer in the range of UInt8"
        ),
    ]

    @Test("a type mismatch is reported with its path", arguments: misfits)
    func misfit(misfit: Misfit) {
        #expect(throws: JSONError(path: misfit.path, message: misfit.message)) {
            try StrictJSONDecoder().decode(Page.self, from: Array(misfit.text.utf8))
        }
    }

    @Test("an unknown enum value is reported with its path")
    func unknownCase() throws {
        let text = Self.page(#""id":"b","phase":"dancing""#)
        let error = try #require(throws: JSONError.self) {
            try StrictJSONDecoder().decode(Page.self, from: Array(text.utf8))
        }
        #expect(error.path == "$.graphs[1].phase")
        #expect(error.message.contains("dancing"))
    }

    @Test("a syntax error is distinguished from a type mismatch")
    func badSyntax() throws {
        let error = try #require(throws: JSONError.self) {
            try StrictJSONDecoder().decode([Int].self, from: Array("[1,]".utf8))
        }
        #expect(error.offset == 3)
        #expect(error.path == nil)
    }

    @Test("a whole number may be written with a fraction or an exponent")
    func wholeNumbers() throws {
        let numbers = try StrictJSONDecoder().decode([Int].self, from: Array("[5.0,1e3,-0]".utf8))
        #expect(numbers == [5, 1000, 0])
    }

    @Test("a part of the document may be kept unparsed")
    func keptPart() throws {
        struct Envelope: Codable, Equatable {
            var kind: String
            var payload: JSONValue
            var extra: JSONValue?
        }
        let text = #"{"kind":"x","payload":{"z":[1,2.5,null],"a":18446744073709551615}}"#
        let envelope = try StrictJSONDecoder().decode(Envelope.self, from: Array(text.utf8))
        #expect(envelope.payload["z"]?[1] == 2.5)
        #expect(envelope.extra == nil)
        #expect(String(decoding: try StrictJSONEncoder().encode(envelope), as: UTF8.self) == text)
    }

    @Test("inheritance and nested containers are supported")
    func containers() throws {
        class Base: Codable {
            var a = 1
        }
        final class Derived: Base {
            var b = [[2]]
            private enum CodingKeys: CodingKey { case b }

            override init() { super.init() }

            required init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: CodingKeys.self)
                var outer = try container.nestedUnkeyedContainer(forKey: .b)
                var inner = try outer.nestedUnkeyedContainer()
                b = [[try inner.decode(Int.self)]]
                #expect(inner.isAtEnd && outer.isAtEnd)
                try super.init(from: container.superDecoder())
            }

            override func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                var outer = container.nestedUnkeyedContainer(forKey: .b)
                var inner = outer.nestedUnkeyedContainer()
                try super.encode(to: container.superEncoder())
                try inner.encode(b[0][0])
            }
        }
        let bytes = try StrictJSONEncoder().encode(Derived())
        #expect(String(decoding: bytes, as: UTF8.self) == #"{"b":[[2]],"super":{"a":1}}"#)
        let back = try StrictJSONDecoder().decode(Derived.self, from: bytes)
        #expect(back.a == 1)
        #expect(back.b == [[2]])
    }

    @Test(
        "a value that JSON cannot express is refused with its path",
        arguments: [Double.nan, .infinity, -.infinity]
    )
    func inexpressible(number: Double) throws {
        let error = try #require(throws: JSONError.self) {
            try StrictJSONEncoder().encode(["load": [1, number]])
        }
        #expect(error.path == "$.load[1]")
    }

    @Test("a type that encodes nothing is refused")
    func encodesNothing() {
        struct Silent: Encodable {
            func encode(to encoder: any Encoder) throws {}
        }
        #expect(throws: JSONError(path: "$[0]", message: "the type encoded nothing")) {
            try StrictJSONEncoder().encode([Silent()])
        }
    }

    @Test("a float is written with the shortest digits of its type")
    func float() throws {
        #expect(
            String(decoding: try StrictJSONEncoder().encode([Float(0.1)]), as: UTF8.self) == "[0.1]"
        )
        #expect(throws: JSONError.self) {
            try StrictJSONDecoder().decode([Float].self, from: Array("[1e39]".utf8))
        }
    }
}
