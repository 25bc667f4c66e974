/// Why a simulated program could not run to its end.
package struct VirtualTimeError: Error, Hashable, CustomStringConvertible {
    package enum Cause: Error, Hashable {
        /// Nothing runs and nobody sleeps, and still the body has not returned: it waits for
        /// something that nobody will do.
        case deadlock
        /// The next one would wake after the limit.
        case limit(sleepers: Int, until: Duration)
        /// Jobs follow each other without end and without time passing.
        case livelock(jobs: Int)
        /// Jobs came from other threads, and when they do is chance. A queue, a thread or a `Task {}`
        /// is at work where the simulation needs a stand-in.
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
            return "deadlock \(moment): nothing runs, nobody sleeps, and the body has not returned"
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
