import GESSimulator
import VirtualTime

/// What goes wrong in a simulation, and when: the same for the same seed, printed as one line for each
/// entry, and read back from those lines. A failing plan can be printed, shortened by hand and played
/// again.
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

    /// By time.
    package private(set) var entries: [Entry]

    package init(_ entries: [Entry]) {
        // Sorting is stable only by promise of the documentation, so the place decides ties.
        self.entries = entries.enumerated()
            .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
            .map(\.element)
    }

    /// Draws a plan.
    ///
    /// Each kind of event draws from a stream of its own: with other rates for one kind, the entries of
    /// all others stay what they are.
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

    /// Lets everything happen at its time. Returns after the last entry, or when its task is cancelled.
    package func play(on cloud: InProcessCloud) async {
        for entry in entries {
            let rest = entry.time - cloud.time.now
            if rest > .zero {
                guard (try? await cloud.time.sleep(for: rest)) != nil else { return }
            }
            cloud.time.trace.record("plan: \(entry)")
            entry.event.happen(to: cloud)
        }
    }
}

/// How often things go wrong: the mean number in a day.
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
    /// Bad days: every kind of trouble comes up in a fleet of ten within a day or two.
    package static let typical = FaultRates([
        .hang: 0.5, .dataPlane: 1, .work: 2, .listing: 6, .restartAnswer: 4, .restartCourse: 4,
        .outage: 1, .credentials: 1, .clock: 1,
    ])

    package func scaled(by factor: Double) -> FaultRates {
        FaultRates(rates.mapValues { $0 * factor })
    }
}
