import PromQL

/// Why a request to the query API failed. Messages and status codes are those of Prometheus.
package struct QueryFailure: Error, Hashable {
    package enum Kind: String, Sendable {
        case badData = "bad_data"
        case execution
        case timeout
        case canceled
        case unavailable
    }

    package let kind: Kind
    package let text: String

    static func badData(_ text: String) -> QueryFailure {
        QueryFailure(kind: .badData, text: text)
    }

    static func parameter(_ name: String, _ text: String) -> QueryFailure {
        .badData("invalid parameter \"\(name)\": \(text)")
    }

    var status: Int {
        switch kind {
        case .badData: 400
        case .execution: 422
        case .timeout, .canceled, .unavailable: 503
        }
    }
}

extension QueryFailure {
    init(_ error: EvaluationError) {
        switch error {
        case .interrupted(.timeout): self.init(kind: .timeout, text: "\(error)")
        case .interrupted(.cancellation): self.init(kind: .canceled, text: "\(error)")
        case .notForRanges: self = .parameter("query", "\(error)")
        case .duplicateLabelSet, .duplicateMatch, .ambiguousMatch, .ambiguousGrouping,
            .invalidArgument, .tooManySamples, .tooManyBytes, .tooManySteps:
            self.init(kind: .execution, text: "\(error)")
        }
    }
}
