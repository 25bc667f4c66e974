import HTTPClient
import JSON
import Time

/// Turns a response into a document or an error.
enum AnswerReader {
    /// Returns the document of a successful response.
    static func document(_ answer: ServiceAnswer, now: Timestamp) throws(GESError) -> JSONValue {
        guard (200..<300).contains(answer.status) else { throw failure(of: answer, now: now) }
        let value = try parse(answer)
        // v1 may send an error in the body of a 200 response.
        if ErrorBody(value) != nil { throw failure(of: answer, now: now) }
        return value
    }

    /// The error that a response represents, with the details of its body if it has any.
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

    /// Distinguishes broken JSON, which points to a truncated response, from text that is not JSON,
    /// which points to a proxy.
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

    /// Each service uses its own header for it.
    private static func requestID(of answer: ServiceAnswer) -> String? {
        ["X-Request-Id", "X-IAM-Trace-Id", "TraceID"].compactMap { answer.header($0) }.first
            .map { answer.sent.hidden(in: $0) }?
            .boundedForDisplay(maximumCharacters: 128)
    }
}
