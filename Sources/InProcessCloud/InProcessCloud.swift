package import GESSimulator
import HTTPClient
import Synchronization
package import VirtualTime
package import Time

/// The simulated cloud in the test process, without sockets; its network takes virtual time.
///
/// It wraps the same `SimulatedCloud` and gateway as the server on real ports. Only the transport
/// differs: `InProcessCloud+Transport` turns the gateway's reply into what a real HTTP client would
/// report, after the time that it would have taken.
///
/// The cloud follows `VirtualTime.now`: setting the wall clock of the simulated host does not
/// change the cloud's clock.
package final class InProcessCloud: Sendable {
    package let configuration: SimulatorConfiguration
    package let time: VirtualTime
    let cloud: SharedCloud
    let latencies: Latencies
    private let generators: Mutex<Generators>
    private let exchanges = Mutex(Exchanges())

    private struct Generators {
        var management: SeededGenerator
        var dataPlane: SeededGenerator
    }

    /// What `DirectClient` needs to know about the requests sent to GES.
    struct Exchanges {
        /// The token of the newest request, if it used one.
        var token: String?
        /// Answers received, each with the gateway's time.
        var answers = 0
    }

    /// - Parameters:
    ///   - configuration: ports that are 0 become 8443 and 8080.
    ///   - clock: the cloud's true time; virtual time by default.
    package init(
        _ configuration: SimulatorConfiguration = SimulatorConfiguration(),
        time: VirtualTime,
        latencies: Latencies = .typical,
        clock: (@Sendable () -> Timestamp)? = nil
    ) {
        var configuration = configuration
        if configuration.managementPort == 0 { configuration.managementPort = 8443 }
        if configuration.dataPlanePort == 0 { configuration.dataPlanePort = 8080 }
        self.configuration = configuration
        self.time = time
        self.latencies = latencies
        let start = Timestamp(milliseconds: time.wallMilliseconds) - time.now
        cloud = SharedCloud(configuration, clock: clock ?? { [time] in start + time.now })
        // Two streams, so that probes of a graph do not change the course of a restart.
        generators = Mutex(
            Generators(
                management: SeededGenerator(seed: configuration.seed &+ 0x1A7E_9C11),
                dataPlane: SeededGenerator(seed: configuration.seed &+ 0x1A7E_9C12)
            )
        )
    }

    /// The base URL of GES, IAM, Cloud Eye and the metadata service.
    package var managementURL: String {
        "\(configuration.speaksTLS ? "https" : "http")://"
            + "\(configuration.host):\(configuration.managementPort)"
    }

    package var dataPlanePort: Int { configuration.dataPlanePort }

    /// Reads or changes the cloud between two requests.
    /// - Parameter body: receives the cloud and its current time.
    package func withCloud<Result: Sendable, Failure: Error>(
        _ body: (inout SimulatedCloud, Timestamp) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try cloud.withCloud(body)
    }

    var exchangesWithGES: Exchanges { exchanges.withLock { $0 } }

    func noteExchange(_ change: (inout Exchanges) -> Void) {
        exchanges.withLock { change(&$0) }
    }

    /// How long the next exchange with one of the addresses takes.
    func latency(of entrance: CloudRequest.Entrance) -> Duration {
        generators.withLock { generators in
            switch entrance {
            case .management: latencies.management.draw(with: &generators.management)
            case .dataPlane: latencies.dataPlane.draw(with: &generators.dataPlane)
            }
        }
    }
}

/// How long exchanges with the cloud's two addresses take, from sending to the end of the answer.
package struct Latencies: Hashable, Sendable {
    package var management: Latency
    package var dataPlane: Latency

    package init(management: Latency, dataPlane: Latency) {
        self.management = management
        self.dataPlane = dataPlane
    }

    package static let typical = Latencies(
        management: Latency(milliseconds: 20...200),
        dataPlane: Latency(milliseconds: 1...20)
    )
    /// No latency and no sleeping, for simulations that must be fast.
    package static let none = Latencies(
        management: Latency(milliseconds: 0...0),
        dataPlane: Latency(milliseconds: 0...0)
    )
}

/// A range from which the duration of each exchange is drawn uniformly.
package struct Latency: Hashable, Sendable {
    package var milliseconds: ClosedRange<Int64>

    package init(milliseconds: ClosedRange<Int64>) {
        self.milliseconds = milliseconds
    }

    func draw(with generator: inout SeededGenerator) -> Duration {
        guard milliseconds.lowerBound < milliseconds.upperBound else {
            return .milliseconds(milliseconds.lowerBound)
        }
        let span = UInt64(milliseconds.upperBound - milliseconds.lowerBound) + 1
        return .milliseconds(milliseconds.lowerBound + Int64(generator.next() % span))
    }
}
