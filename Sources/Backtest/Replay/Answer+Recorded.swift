import Cycle
import Diagnosis

extension GraphReading.Probe {
    /// The answer behind an outcome; nil for an outcome of another version.
    ///
    /// - Parameter isConnected: whether the configured address accepted the connection; nil if that
    ///   is not recorded. Then the connection proves no path.
    init?(recorded kind: String, outcome: String, isConnected: Bool?, duration: Duration?) {
        guard let answer = Answer(outcome: outcome, isConnected: isConnected) else { return nil }
        self.init(kind: kind, answer: answer, duration: duration)
        switch (answer.provesPath, isConnected) {
        case (true, true?), (false, nil): break
        case (true, nil): configured = .path
        case (_, false?): if case .silent = answer {} else { configured = .silent(.notConnected) }
        case (false, true?): break
        }
        if answer != .alive { reason = outcome }
    }
}

extension Answer {
    fileprivate init?(outcome: String, isConnected: Bool?) {
        switch outcome {
        case "alive": self = .alive
        case "engine_error": self = .engineError
        case "silent": self = .silent(isConnected == true ? .afterConnection : .notConnected)
        case "misdirected": self = .misdirected
        case "credential": self = .credential
        case "throttled": self = .throttled
        case "foreign_answer": self = .foreignAnswer
        case "unclear": self = .unclear
        case "path": self = .path
        default: return nil
        }
    }
}

extension Path {
    /// Reads what `description` wrote; nil if it is something else.
    init?(description text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, let colon = words[2].lastIndex(of: ":"),
            let port = Int(words[2][words[2].index(after: colon)...])
        else { return nil }
        self.init(
            addressKind: String(words[0]),
            network: String(words[2][..<colon]),
            scheme: String(words[1]),
            port: port
        )
    }
}
