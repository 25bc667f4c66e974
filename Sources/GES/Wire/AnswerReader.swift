import HTTPClient
import JSON
import Time

/// What an answer says: a document, or one of the failures.
enum AnswerReader {
    /// The document of an answer that succeeded in every respect.
    static func document(_ answer: ServiceAnswer, now: Timestamp) throws(GESError) -> JSONValue {
        guard (200..<300).contains(answer.status) else { throw failure(of: answer, now: now) }
        let value = try parse(answer)
        // v1 may send a success by its status with an error in its body.
        if ErrorBody(value) != nil { throw failure(of: answer, now: now) }
        return value
    }

    /// The failure that an answer tells of, by its body where that says something.
    static func failure(of answer: ServiceAnswer, now: Timestamp) -> GESError {
        let body = (try? JSONValue.parse(answer.body)).flatMap {
            ErrorBody($0, hiding: answer.sent)
        }
        let failure = ServiceFailure(
            status: answer.status,
            code: body?.code,
            message: body?.message ?? "",
            requestID: body?.requestID ?? requestID(of: answer)
        )
        return switch answer.status {
        case 401, 403: .unauthorised(failure)
        case 429: .throttled(failure, retryAfter: answer.retryAfter(now: now))
        default: .api(failure)
        }
    }

    static func parse(_ answer: ServiceAnswer) throws(GESError) -> JSONValue {
        do {
            return try JSONValue.parse(answer.body)
        } catch {
            let first = answer.body.first { !" \t\r\n".utf8.contains($0) }
            guard let first, "{[".utf8.contains(first) else {
                throw .notJSON(status: answer.status)
            }
            let message = answer.sent.hidden(in: error.message)
            throw .malformed(
                status: answer.status,
                JSONError(place: error.place, message: message)
            )
        }
    }

    /// Every service has a name of its own for it.
    private static func requestID(of answer: ServiceAnswer) -> String? {
        ["X-Request-Id", "X-IAM-Trace-Id", "TraceID"].compactMap { answer.header($0) }.first
            .map { answer.sent.hidden(in: $0) }?
            .boundedForDisplay(maximumCharacters: 128)
    }
}
