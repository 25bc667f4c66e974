import Cycle
import Diagnosis
import JSON
import Testing

@testable import API

@Test(
    "a probe that cannot tell is no failure of the graph",
    arguments: [
        (Answer.alive, JSONValue.bool(true)), (.engineError, .bool(false)),
        (.silent(.afterConnection), .bool(false)), (.silent(.refused), .bool(false)),
        (.silent(.notConnected), .bool(false)), (.misdirected, .null), (.credential, .null),
        (.throttled, .null), (.foreignAnswer, .null), (.unclear, .null), (.path, .null),
    ]
)
func probeDocument(answer: Answer, success: JSONValue) {
    let document = GraphsAPI.probe(GraphReading.Probe(kind: "version", answer: answer))
    #expect(document["success"] == success)
    #expect(document["outcome"] == .string(answer.label))
}
