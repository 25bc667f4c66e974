import Diagnosis
import Testing

@Test(
    "only a connection that the graph accepted proves its path",
    arguments: [
        (Answer.alive, true), (.engineError, true), (.silent(.afterConnection), true),
        (.credential, true), (.throttled, true), (.silent(.refused), false),
        (.silent(.notConnected), false), (.misdirected, false), (.foreignAnswer, false),
        (.unclear, false),
        (.path, false),
    ]
)
func provesPath(answer: Answer, proves: Bool) {
    #expect(answer.provesPath == proves)
}

@Test("every label of an answer is in the list of labels")
func labels() {
    let answers: [Answer] = [
        .alive, .engineError, .silent(.refused), .misdirected, .credential, .throttled,
        .foreignAnswer, .unclear, .path,
    ]
    #expect(Set(answers.map(\.label)) == Set(Answer.labels))
}
