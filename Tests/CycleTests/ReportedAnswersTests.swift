@testable import Cycle
import Diagnosis
import Testing

@Suite("What is logged of the answers of graphs")
struct ReportedAnswersTests {
    private static func reading(
        _ id: String,
        _ answer: Answer? = .alive,
        fallback: String? = nil
    ) -> GraphReading {
        var reading = GraphReading(graphID: id)
        reading.probes =
            answer.map {
                [
                    GraphReading.Probe(
                        kind: "version",
                        answer: $0,
                        duration: .zero,
                        text: "403 GES.8006"
                    )
                ]
            } ?? []
        reading.fallback = fallback
        return reading
    }

    /// The messages after each poll; a graph whose name starts with `gone` no longer exists.
    private func lines(_ polls: [[GraphReading]]) -> [[String]] {
        var reported = ReportedAnswers()
        return polls.map { readings in
            reported.changes(to: readings) { $0.hasPrefix("gone") ? nil : $0 }
                .map { String($0.message.prefix(23)) }
        }
    }

    private let refuse = "Graphs refuse the crede"
    private let accept = "All graphs accept the c"
    private let elsewhere = "Graphs answer at anothe"
    private let back = "All graphs answer at th"

    @Test("a refused credential is said once, for whatever number of graphs, and so is its end")
    func credential() {
        let (a, b) = (Self.reading("a", .credential), Self.reading("b", .credential))
        #expect(
            lines([
                [a], [a, b], [Self.reading("a"), b], [Self.reading("a")],
                [Self.reading("a"), Self.reading("b")], [a],
            ]) == [[refuse], [], [], [], [accept], [refuse]]
        )
    }

    @Test("a poll that did not ask a graph says nothing about it")
    func unread() {
        let a = Self.reading("a", .credential, fallback: "10.0.0.2")
        #expect(lines([[a], [Self.reading("a", nil)], [], [a]])[1...] == [[], [], []])
    }

    @Test(
        "only a refusal counts as one",
        arguments: [
            Answer.alive, .engineError, .silent(.afterConnection), .silent(.refused), .misdirected,
            .throttled, .foreignAnswer, .unclear, .path,
        ]
    )
    func otherAnswers(answer: Answer) {
        #expect(lines([[Self.reading("a", answer)]]) == [[]])
    }

    @Test("another address is said once for each address, and so is its end")
    func fallback() {
        let first = Self.reading("a", fallback: "10.0.0.2")
        let second = Self.reading("a", fallback: "10.0.0.3")
        #expect(
            lines([[first], [first], [second], [first], [Self.reading("a")]])
                == [[elsewhere], [], [elsewhere], [elsewhere], [back]]
        )
    }

    @Test("a graph that is gone keeps no condition alive")
    func gone() {
        var reported = ReportedAnswers()
        let a = Self.reading("a", .credential)
        #expect(reported.changes(to: [a]) { $0 }.count == 1)
        #expect(reported.changes(to: []) { _ in nil }.isEmpty)
        #expect(reported.changes(to: [a]) { $0 }.count == 1)
    }
}
