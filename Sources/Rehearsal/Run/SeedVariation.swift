import GESSimulator
import InProcessCloud
import JSON
import Time

/// What differs between the seeds of a scenario: times, sizes, order and noise.
struct SeedVariation {
    private var generator: SeededGenerator
    let latencies: Latencies

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed &* 0x9E37_79B9 &+ 0x5CE4_A210)
        // From a near data centre to a busy far one; every request of one seed draws from these.
        let slowest: [Int64] = [20, 60, 200, 900]
        let management = slowest[Int(generator.next() % 4)]
        let dataPlane = slowest[Int(generator.next() % 4)]
        latencies = Latencies(
            management: Latency(milliseconds: management / 4...management),
            dataPlane: Latency(milliseconds: dataPlane / 4...dataPlane)
        )
    }

    mutating func delay(upTo jitter: Duration) -> Duration {
        let milliseconds = jitter.wholeMilliseconds
        guard milliseconds > 0 else { return .zero }
        return .milliseconds(Int64(generator.next() % UInt64(milliseconds + 1)))
    }

    /// The graphs of the fleet in the order of the listing, with up to `more` further ones.
    mutating func graphs(of fleet: Scenario.Fleet) -> [[JSONMember]] {
        let further = fleet.more > 0 ? Int(generator.next() % UInt64(fleet.more + 1)) : 0
        let graphs =
            fleet.graphs
            + (0..<further).map { index in
                [
                    JSONMember("name", .string("further_\(index + 1)")),
                    JSONMember("subnet", "subnet-further"),
                    JSONMember("private_ip", .string("192.168.200.\(10 + index)")),
                    JSONMember("age_seconds", 2_000_000),
                ]
            }
        return graphs.shuffled(using: &generator)
    }

    /// The events with their times in this seed. Events of one time may change places.
    mutating func timeline(of scenario: Scenario) -> [(time: Duration, event: Scenario.Event)] {
        var timeline: [(time: Duration, event: Scenario.Event)] = []
        for event in scenario.timeline {
            timeline.append((event.at + delay(upTo: event.jitter), event))
        }
        return timeline.sorted { $0.time < $1.time }
    }
}
