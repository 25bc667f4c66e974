import GESSimulator
import Synchronization
import Time

/// The time of the cloud and of the agents. It passes faster once the waits of half an hour are to
/// end.
final class CloudClock: Sendable {
    private let course = Mutex<(since: Timestamp, factor: Int64)>(
        (Timestamp(milliseconds: 0), 1)
    )

    func now() -> Timestamp {
        let real = Timestamp.systemTime()
        return course.withLock { course in
            let passed = real.milliseconds - course.since.milliseconds
            return Timestamp(milliseconds: course.since.milliseconds + passed * course.factor)
        }
    }

    func speedUp(by factor: Int) {
        course.withLock { $0 = (Timestamp.systemTime(), Int64(factor)) }
    }
}
