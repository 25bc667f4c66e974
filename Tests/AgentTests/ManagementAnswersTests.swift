import Cycle
import GES
import HTTPClient
import Testing

@testable import Agent

@Suite("The count of answers of the cloud")
struct ManagementAnswersTests {
    private static func failure(_ status: Int) -> ServiceFailure {
        ServiceFailure(status: status, code: nil, message: "no")
    }

    private static let cut = HTTPError(
        .cut,
        requestMayHaveBeenSent: true,
        message: "the connection was cut"
    )

    @Test(
        "counts what the cloud answered, and nothing that it did not",
        arguments: [
            (nil, [1, 0, 0]), (.api(failure(500)), [1, 1, 0]), (.api(failure(503)), [1, 1, 0]),
            (.api(failure(404)), [1, 0, 0]), (.unauthorised(failure(401)), [1, 0, 0]),
            (.throttled(failure(429), retryAfter: nil), [1, 0, 1]),
            // The pause is that of the agent itself.
            (.throttled(nil, retryAfter: nil), [0, 0, 0]),
            // May be the fault of the agent's own network.
            (.http(cut), [0, 0, 0]), (.unexpected("no list"), [1, 0, 0]),
            (.invalidArgument("a"), [0, 0, 0]),
        ] as [(GESError?, [Int])]
    )
    func count(error: GESError?, expected: [Int]) {
        var answers = ManagementAnswers("list_jobs")
        answers.count(error)
        #expect([answers.requests, answers.failed, answers.throttled] == expected)
        let result: Result<Int, GESError> = error.map(Result.failure) ?? .success(0)
        #expect(ManagementAnswers("list_jobs", result) == answers)
    }
}
