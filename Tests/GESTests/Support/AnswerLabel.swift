@testable import GES

extension ActionAnswer {
    /// A short label of the answer: its case and most important value.
    var label: String {
        switch self {
        case .accepted(let jobID): "accepted \(jobID ?? "-")"
        case .refused(let failure): "refused \(failure.code ?? "-")"
        case .unauthorised(let failure): "unauthorised \(failure.code ?? "-")"
        case .throttled(let retryAfter): "throttled \(retryAfter?.components.seconds ?? -1)"
        case .notSent(let error): "notSent \(error.reason)"
        case .unknown(let error): "unknown \(error.reason)"
        }
    }
}
