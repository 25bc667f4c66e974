import PromQL

/// Counts the work of a request that is no expression, and ends it when its time is over or its
/// client has left. It lives for one request on one thread.
final class QueryMeter {
    private let interruption: () -> Interruption?
    private var countdown = QueryMeter.interval

    /// The number of steps between two calls of `interruption`.
    private static let interval = 1 << 14

    init(_ interruption: @escaping () -> Interruption?) {
        self.interruption = interruption
    }

    func work(_ steps: Int) throws(QueryFailure) {
        countdown -= steps + 1
        guard countdown < 0 else { return }
        countdown = Self.interval
        if let reason = interruption() { throw QueryFailure(.interrupted(reason)) }
    }
}
