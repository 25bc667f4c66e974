import Glibc
import Listener
import Synchronization
package import Time

/// The cloud that all clients of a server share, over sockets or in the same process, and its
/// clock.
package final class SharedCloud: Sendable {
    private let cloud: Mutex<SimulatedCloud>
    private let clock: @Sendable () -> Timestamp

    package init(
        _ configuration: SimulatorConfiguration,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.clock = clock
        cloud = Mutex(SimulatedCloud(configuration, at: clock()))
    }

    package var now: Timestamp { clock() }

    package func withCloud<Result: Sendable, Failure: Error>(
        _ body: (inout SimulatedCloud, Timestamp) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // The clock is read inside the lock, so that the cloud never sees time go backwards.
        try cloud.withLock { cloud throws(Failure) in
            let now = clock()
            cloud.carryOutDelayed(at: now)
            return try body(&cloud, now)
        }
    }
}

/// Answers requests at one of the cloud's two entrances.
struct CloudHandler: RequestHandler {
    let cloud: SharedCloud
    let entrance: CloudRequest.Entrance

    func reply(to request: ServerRequest) async -> Reply {
        let request = CloudRequest(request, at: entrance)
        return await cloud.withCloud { cloud, now in cloud.handle(request, at: now) }.reply()
    }
}

extension Timestamp {
    /// The system's wall clock.
    package static func systemTime() -> Timestamp {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(
            milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
        )
    }
}
