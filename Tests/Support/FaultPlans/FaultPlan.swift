package import InProcessCloud
import GESSimulator
import VirtualTime

/// What goes wrong in a simulation, and when. The same seed gives the same plan. A plan prints as
/// one line per entry and is parsed from these lines, so a failing plan can be printed, shortened
/// by hand and replayed.
package struct FaultPlan: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        /// From the start of the simulation.
        package var time: Duration
        package var event: FaultEvent

        package init(at time: Duration, _ event: FaultEvent) {
            self.time = time
            self.event = event
        }
    }

    /// Ordered by time.
    package private(set) var entries: [Entry]

    package init(_ entries: [Entry]) {
        // The index breaks ties, because `sort` does not guarantee stability.
        self.entries = entries.enumerated()
            .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
            .map(\.element)
    }

    /// Draws a plan.
    ///
    /// Each kind of event draws from its own stream: changing the rate of one kind leaves the
    /// entries of all others unchanged.
    package init(
        seed: UInt64,
        graphs: Int,
        lasting duration: Duration,
        rates: FaultRates = .typical
    ) {
        var entries: [Entry] = []
        for kind in FaultKind.allCases {
            var draws = FaultDraws(seed: seed, kind: kind, duration: duration)
            let days = duration / .seconds(86_400)
            let subjects = kind.isOfGraphs ? graphs : 1
            for subject in 0..<subjects {
                for _ in 0..<draws.count(expected: rates[kind] * days) {
                    entries += kind.entries(about: subject, with: &draws)
                }
            }
        }
        self.init(entries)
    }

    /// Applies each entry at its time. Returns after the last entry, or when its task is cancelled.
    package func play(on cloud: InProcessCloud) async {
        for entry in entries {
            let rest = entry.time - cloud.time.now
            if rest > .zero {
                guard (try? await cloud.time.sleep(for: rest)) != nil else { return }
            }
            cloud.time.trace.record("plan: \(entry)")
            entry.event.apply(to: cloud)
        }
    }
}

/// The mean number of events per day.
package struct FaultRates: Hashable, Sendable {
    private var rates: [FaultKind: Double]

    package init(_ rates: [FaultKind: Double] = [:]) {
        self.rates = rates
    }

    package subscript(kind: FaultKind) -> Double {
        get { rates[kind] ?? 0 }
        set { rates[kind] = max(0, newValue) }
    }

    package static let none = FaultRates()
    /// Bad days: every kind of fault occurs in a fleet of ten within a day or two.
    package static let typical = FaultRates([
        .hang: 0.5, .dataPlane: 1, .work: 2, .listing: 6, .restartAnswer: 4, .restartCourse: 4,
        .outage: 1, .credentials: 1, .clock: 1,
    ])

    package func scaled(by factor: Double) -> FaultRates {
        FaultRates(rates.mapValues { $0 * factor })
    }
}
