import JSON
import Testing

@Test("an object with many members is decoded in about linear time")
func manyMembers() throws {
    // Quadratic time would be minutes.
    let count = 200_000
    let members = (0..<count).map { "\"name\($0)\":\"\($0)\"" }.joined(separator: ",")
    let decoded = try StrictJSONDecoder()
        .decode([String: String].self, from: Array("{\(members)}".utf8))
    #expect(decoded.count == count)
    #expect(decoded["name199999"] == "199999")
}
