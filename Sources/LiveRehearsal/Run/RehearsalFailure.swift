package import JSON

/// Why a rehearsal did not begin.
package enum RehearsalFailure: Error, Sendable {
    /// Something speaks against it.
    case refused([RehearsalObjection])
    /// It could not be found out whether anything does.
    case unclear(String)
}

/// What speaks against a restart of the graph, and what to do about it.
package struct RehearsalObjection: Hashable, Sendable {
    package let text: String
    package let remedy: String

    package init(_ text: String, remedy: String) {
        self.text = text
        self.remedy = remedy
    }

    /// In one line.
    var withRemedy: String { "\(text) (\(remedy))" }
}

extension RehearsalFailure {
    package var exitCode: Int32 {
        switch self {
        case .refused: 1
        case .unclear: 2
        }
    }

    /// Lines for people.
    package var lines: [String] {
        switch self {
        case .refused(let objections): objections.flatMap { [$0.text, "  -> \($0.remedy)"] }
        case .unclear(let text): [text]
        }
    }

    package var json: JSONValue {
        var objections: [RehearsalObjection] = []
        var (label, text) = (RehearsalOutcome.unknown("").label, "")
        switch self {
        case .refused(let found):
            objections = found
            label = RehearsalOutcome.notSent([]).label
            text = RehearsalOutcome.notSent(found.map(\.text)).text
        case .unclear(let cause): text = cause
        }
        return .object([
            JSONMember("outcome", .string(label)),
            JSONMember("text", .string(text)),
            JSONMember("exitCode", .integer(Int64(exitCode))),
            JSONMember(
                "objections",
                .array(
                    objections.map { objection in
                        .object([
                            JSONMember("text", .string(objection.text)),
                            JSONMember("remedy", .string(objection.remedy)),
                        ])
                    }
                )
            ),
        ])
    }
}
