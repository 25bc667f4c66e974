/// Why a simulated program could not complete.
package struct VirtualTimeError: Error, Hashable, CustomStringConvertible {
    package enum Cause: Error, Hashable {
        /// No job runs and no task sleeps, but the body has not returned: it waits for an event
        /// that cannot happen.
        case deadlock
        /// The next sleeper would wake after the limit.
        case limit(sleepers: Int, until: Duration)
        /// Jobs follow each other endlessly without time passing.
        case livelock(jobs: Int)
        /// Jobs came from other threads, in no deterministic order. The simulation needs a
        /// replacement for a queue, a thread or a `Task {}`.
        case leftThread(jobs: Int)
    }

    package let cause: Cause
    /// Since the start of the simulation.
    package let time: Duration
    /// The newest lines of the trace.
    package let trace: [String]

    init(_ cause: Cause, at time: Duration, trace: [String]) {
        self.cause = cause
        self.time = time
        self.trace = trace
    }

    package var description: String {
        ([sentence] + trace.map { "  " + $0 }).joined(separator: "\n")
    }

    private var sentence: String {
        let moment = "after \(Self.text(time)) of simulated time"
        switch cause {
        case .deadlock:
            return "deadlock \(moment): no task runs or sleeps, and the body has not returned"
        case .limit(let sleepers, let deadline):
            return "the limit was reached \(moment): \(sleepers) sleep, the next one "
                + "until \(Self.text(deadline))"
        case .livelock(let jobs):
            return "livelock \(moment): \(jobs) jobs ran and no time passed"
        case .leftThread(let jobs):
            return "not deterministic: \(jobs) jobs came from other threads, noticed \(moment)"
        }
    }

    /// `1d 02:03:04.005`. Printing a duration may show binary noise.
    private static func text(_ duration: Duration) -> String {
        func padded(_ number: Int64, _ width: Int = 2) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        let (seconds, attoseconds) = duration.components
        let milliseconds = attoseconds / 1_000_000_000_000_000
        let clock = [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60].map { padded($0) }
        return "\(seconds / 86_400)d \(clock.joined(separator: ":")).\(padded(milliseconds, 3))"
    }
}
