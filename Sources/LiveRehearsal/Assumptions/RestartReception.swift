import GES
import HTTPClient
import JSON

/// What an answer says of the restart, by the rules of `ActionAnswer`.
enum RestartReception: Sendable {
    case accepted, refused
    /// It may have been carried out.
    case unknown

    /// Codes for a failure behind the API, possibly after the restart was accepted.
    private static let inconclusiveCodes: Set = ["GES.7005", "GES.7006"]

    init(_ result: Result<ObservedExchange.Answer, HTTPError>) {
        self = .unknown
        guard case .success(let answer) = result else { return }
        let code = answer.body?.errorCode
        let isConclusive = code.map { !Self.inconclusiveCodes.contains($0) } ?? false
        switch answer.status {
        case 200..<300 where code != nil: if isConclusive { self = .refused }
        case 200..<300:
            let isEmpty = answer.body == nil && !answer.isUnreadable
            if isEmpty || answer.body?.objectValue != nil { self = .accepted }
        case 401, 403, 429: self = .refused
        case 400..<500 where answer.status != 408: if isConclusive { self = .refused }
        default: break
        }
    }
}
