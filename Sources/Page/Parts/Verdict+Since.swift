import Diagnosis
import Time

extension Verdict {
    /// Since when it holds; nil for a verdict that does not tell.
    var since: Timestamp? {
        switch self {
        case .suspect(let since), .hung(_, let since), .flapping(let since): since
        case .healthy, .busy, .unknown, .starting, .notEligible: nil
        }
    }

    var hangClass: HangClass? {
        if case .hung(let hangClass, _) = self { hangClass } else { nil }
    }
}
