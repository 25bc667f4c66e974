import JSON

/// The error in a response body, in any of the formats of GES, its API gateway, IAM and Cloud Eye.
struct ErrorBody: Hashable {
    /// Such as `GES.7016` or `APIGW.0301`; for IAM, the HTTP status as text.
    let code: String
    let message: String
    let requestID: String?

    /// Returns nil if the value is not an error. A blank code is not an error: v1 includes one in
    /// successful responses.
    init?(_ value: JSONValue, hiding secrets: SentSecrets = .none) {
        guard let object = WireObject(value) else { return nil }
        guard
            let (code, message) = Self.flat(object) ?? Self.keystone(object)
                ?? Self.cloudEye(object) ?? Self.cypher(object)
        else { return nil }
        // Hide secrets before truncating: the rest of a truncated secret would not be recognized.
        self.code = secrets.hidden(in: code).boundedForDisplay(maximumCharacters: 64)
        self.message = secrets.hidden(in: message ?? "").boundedForDisplay(maximumCharacters: 500)
        requestID = object.text("request_id", "requestId").map { secrets.hidden(in: $0) }?
            .boundedForDisplay(maximumCharacters: 128)
    }

    private typealias Content = (code: String, message: String?)

    /// `{"errorCode","errorMessage"}` (v1, data plane), `{"error_code","error_msg"}` (v2, gateway),
    /// `{"errCode","externalMessage"}` (v1 task centre).
    private static func flat(_ object: WireObject) -> Content? {
        guard let code = object.text("error_code", "errorCode", "errCode") else { return nil }
        let message = object.text(
            "error_msg",
            "errorMsg",
            "error_message",
            "errorMessage",
            "externalMessage"
        )
        return (code, message)
    }

    /// `{"error":{"code":401,"message":…,"title":…}}` (IAM).
    private static func keystone(_ object: WireObject) -> Content? {
        guard let error = object.object("error") else { return nil }
        guard let code = error.text("code", "error_code", "title") else { return nil }
        return (code, error.text("message", "error_msg", "title"))
    }

    /// `{"http_code":…,"message":{"code","details"}}` and
    /// `{"code":…,"element":…,"message":…,"details":{"code","details"}}` (Cloud Eye, new and old).
    private static func cloudEye(_ object: WireObject) -> Content? {
        guard let inner = object.object("message", "details"), let code = inner.text("code") else {
            return nil
        }
        return (code, inner.text("details", "message"))
    }

    /// `{"results":[],"errors":[{"code","message"}]}` (Cypher).
    private static func cypher(_ object: WireObject) -> Content? {
        for error in object.array("errors") ?? [] {
            guard let error = WireObject(error), let code = error.text("code") else { continue }
            return (code, error.text("message"))
        }
        return nil
    }
}

extension String {
    /// Replaces control characters and truncates, so that text from a server is safe to print.
    func boundedForDisplay(maximumCharacters: Int) -> String {
        var text = ""
        for scalar in unicodeScalars.prefix(maximumCharacters) {
            let isControl = scalar.properties.generalCategory == .control
            text.unicodeScalars.append(isControl ? " " : scalar)
        }
        return unicodeScalars.count > maximumCharacters ? text + "…" : text
    }
}
