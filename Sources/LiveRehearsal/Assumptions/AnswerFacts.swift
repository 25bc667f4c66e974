import GES
import HTTPClient
import JSON
import Time

/// What every answer of the management plane of GES has in common.
struct AnswerFacts: AssumptionFacts {
    private var answers = 0
    private var withRequestID = 0
    /// Headers that seem to identify a request, by name.
    private var requestHeaders: Set<String> = []
    private var withDate = 0
    /// How far the gateway was ahead in the answer that differed most.
    private var largestOffset = Duration.zero
    private var throttled = 0
    private var retryAfter: String?
    private var successes = 0
    private var successCode: String?
    private var misspelled: Set<String> = []
    private var spelled = 0

    private static let maximumNames = 5

    mutating func observe(_ exchange: ObservedExchange, _ terms: AssumptionReport.Terms) {
        guard exchange.operation.isManagement, let answer = exchange.answer else { return }
        answers += 1
        if answer.headers.contains(where: { $0.isNamed("X-Request-Id") }) { withRequestID += 1 }
        for name in answer.headers.map(\.name) where requestHeaders.count < Self.maximumNames {
            let plain = name.lowercased()
            if plain.contains("request-id") || plain.contains("trace") {
                requestHeaders.insert(name.shortened)
            }
        }
        note(date: answer, exchange)
        if answer.status == 429 {
            throttled += 1
            retryAfter = answer.headers.first { $0.isNamed("Retry-After") }?.value.shortened
        }
        guard answer.isSuccess, let body = answer.body else { return }
        successes += 1
        if let code = body.errorCode { successCode = successCode ?? code }
        note(spelling: body, terms)
    }

    private mutating func note(date answer: ObservedExchange.Answer, _ exchange: ObservedExchange) {
        guard let date = answer.headers.first(where: { $0.isNamed("Date") }),
            let time = Timestamp(httpDate: date.value, now: exchange.endedAt)
        else { return }
        withDate += 1
        let offset = time - exchange.endedAt
        if abs(offset.wholeMilliseconds) > abs(largestOffset.wholeMilliseconds) {
            largestOffset = offset
        }
    }

    /// The names of a list or a graph: v1 writes `graphCount`, v2 `graph_count`.
    private mutating func note(spelling body: JSONValue, _ terms: AssumptionReport.Terms) {
        var objects = [body, body["graph"]].compactMap(\.self)
        for list in ["graphs", "job_list", "jobList"] {
            if let first = body[list]?.arrayValue?.first { objects.append(first) }
        }
        for name in objects.flatMap(\.memberNames) {
            let isSnake = name.contains("_")
            let isCamel = name.contains { $0.isUppercase }
            // Snake case in both versions.
            guard isSnake != isCamel, name != "sys_tags" else { continue }
            if isSnake == (terms.apiVersion == .v2) {
                spelled += 1
            } else if misspelled.count < Self.maximumNames {
                misspelled.insert(name.shortened)
            }
        }
    }

    func findings(_ terms: AssumptionReport.Terms) -> [AssumptionFinding] {
        guard answers > 0 else { return [] }
        var found = [
            AssumptionFinding(
                .requestID,
                withRequestID == answers,
                "\(withRequestID) of \(answers) answers"
                    + (requestHeaders.isEmpty
                        ? "" : "; seen: \(requestHeaders.sorted().joined(separator: ", "))")
            ),
            AssumptionFinding(
                .dateHeader,
                withDate == answers,
                "\(withDate) of \(answers) answers; the clocks differed by up to "
                    + "\(abs(largestOffset.components.seconds)) s"
            ),
            AssumptionFinding(
                .throttling,
                throttled == 0,
                throttled == 0
                    ? "none of \(answers) answers"
                    : "\(throttled) of \(answers) answers, Retry-After: \(retryAfter ?? "none")"
            ),
        ]
        if successes > 0 {
            found.append(
                AssumptionFinding(
                    .successCode,
                    successCode == nil,
                    successCode ?? "none of \(successes) answers had one"
                )
            )
        }
        if spelled + misspelled.count > 0 {
            found.append(
                AssumptionFinding(
                    .spelling,
                    misspelled.isEmpty,
                    misspelled.isEmpty
                        ? "every name of \(terms.apiVersion.rawValue)"
                        : "also \(misspelled.sorted().joined(separator: ", "))"
                )
            )
        }
        return found
    }
}
