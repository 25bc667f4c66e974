import GESSimulator

/// A scenario that nobody has thought of: hangs among whatever else can happen to a fleet, to the
/// paths, to the listings and to the agent. The same seed gives the same text.
struct RandomScenario {
    /// What a graph does, as far as the invariants need it.
    struct Hang {
        let graph: String
        let at: Int
        /// Whether nothing else happens that could keep the agent from restarting it in time.
        let isPlain: Bool
    }

    let seed: UInt64
    private(set) var hangs: [Hang] = []
    private(set) var text = ""
    /// When a person had paused the fleet, in minutes.
    private(set) var pauses: [Range<Int>] = []
    /// When a person agreed to a restart, in minutes.
    private(set) var agreements: [(graph: String, at: Int)] = []
    /// Whether every restart needs a person.
    private(set) var asks = false
    let graphs: Int
    let minutes: Int

    private var generator: SeededGenerator
    private var events: [(at: Int, text: String)] = []

    /// Restarts of one graph, in minutes: the cool-down of the policy.
    static let cooldown = 60

    init(seed: UInt64, hours: Int) {
        self.seed = seed
        // Not a multiple of the generator's own increment: neighbouring seeds would give the same
        // numbers, shifted by one.
        generator = SeededGenerator(seed: seed &* 0xD134_2543_DE82_EF95 &+ 0x632B_E5AB)
        minutes = hours * 60
        graphs = Int(generator.next() % 6) + 3
        // In half of them nothing happens but plain hangs, each of which must be handled.
        let isPlain = seed.isMultiple(of: 2)
        addHangs(isPlain)
        if !isPlain {
            asks = pick(0...3) == 0
            addTrouble()
        }
        text = document
    }

    private mutating func pick(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(generator.next() % UInt64(range.count))
    }

    private mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[pick(0...(choices.count - 1))]
    }

    private mutating func graph() -> String { "graph_\(pick(1...graphs))" }

    // MARK: Hangs

    /// Plain ones are so far apart that neither the budget nor the breaker knows of two.
    private mutating func addHangs(_ isPlain: Bool) {
        var at = pick(30...90)
        while at < minutes - 150 {
            let name = graph()
            // A second hang of a graph meets its cool-down and its windows.
            let isFirst = !hangs.contains { $0.graph == name }
            hangs.append(Hang(graph: name, at: at, isPlain: isPlain && isFirst))
            events.append((at, hang(name)))
            if !isPlain, pick(0...3) == 0 {
                events.append((at + pick(1...20), "do: heal, graph: \(name)"))
            }
            at += isPlain ? pick(180...300) : pick(15...240)
        }
    }

    private mutating func hang(_ name: String) -> String {
        let kinds = [
            "", ", answers: [version]", ", manner: refusing", ", restarts_to_heal: 2",
            ", manner: dropping",
        ]
        return "do: hang, graph: \(name)"
            + pick(Array(kinds.prefix(seed.isMultiple(of: 2) ? 2 : 5)))
    }

    // MARK: Everything else

    private mutating func addTrouble() {
        for _ in 0..<pick(3...14) {
            let at = pick(5...(minutes - 10))
            switch pick(0...15) {
            case 13: addOrder(at)
            case 14: addFailure(at)
            case 0: addNetwork(at)
            case 1: addOutage(at)
            case 2: addListing(at)
            case 3: addWork(at)
            case 4: addDown(at)
            case 5: events.append((at, "do: restart_agent"))
            case 6: addLostLedger(at)
            case 7: events.append((at, "do: suspend, seconds: \(pick(5...1_800))s"))
            case 8: events.append((at, "do: wall_clock, seconds: \(pick(-7_200...7_200))s"))
            case 9: addAlerts(at)
            case 10: addPause(at)
            case 11: addForeignRestart(at)
            case 12: addSlow(at)
            default: addLostAnswer(at)
            }
        }
    }

    private mutating func addNetwork(_ at: Int) {
        let manner = pick(["timeout", "silent", "refused"])
        events.append((at, "do: network, manner: \(manner)"))
        events.append((at + pick(1...60), "do: end_network"))
    }

    private mutating func addOutage(_ at: Int) {
        let manner = pick(["hang", "refuse", "unavailable", "drop"])
        events.append((at, "do: outage, manner: \(manner), seconds: \(pick(20...3_600))"))
    }

    private mutating func addListing(_ at: Int) {
        let kind = pick([
            "kind: stale_list, age_seconds: \(pick(60...90_000)), probability: 0.5",
            "kind: error, status: 500, probability: 0.\(pick(1...9))",
            "kind: drop, probability: 0.\(pick(1...9))",
        ])
        let operation = pick(["list_graphs", "list_jobs", "show_graph", "show_summary"])
        events.append((at, "do: fault, \(kind), match: {operation: \(operation)}"))
        events.append((at + pick(1...45), "do: end_faults"))
    }

    private mutating func addWork(_ at: Int) {
        let kind = pick(["import", "export", "clear"])
        let name = graph()
        events.append(
            (at, "do: work, graph: \(name), kind: \(kind), seconds: \(pick(300...9_000))")
        )
    }

    private mutating func addDown(_ at: Int) {
        events.append((at, pick(["do: kill_agent", "do: stop_agent"])))
        events.append((at + pick(0...40), "do: start_agent"))
    }

    private mutating func addLostLedger(_ at: Int) {
        let isOld = pick(0...1) == 0
        if isOld { events.append((max(1, at - pick(1...120)), "do: back_up_ledger")) }
        events.append((at, "do: stop_agent"))
        events.append((at, isOld ? "do: restore_ledger" : "do: lose_ledger"))
        events.append((at, "do: start_agent"))
    }

    private mutating func addAlerts(_ at: Int) {
        let name = graph()
        let hang = pick(["unresponsive", "import", "export", "clear"])
        for repetition in 0..<pick(1...6) {
            events.append(
                (
                    at + repetition * 5,
                    "do: alert, alertname: GraphHung, graph: \(name), hang: \(hang)"
                )
            )
        }
    }

    private mutating func addPause(_ at: Int) {
        let length = pick(10...180)
        pauses.append(at..<(at + length))
        events.append((at, "do: pause, seconds: \(length)m"))
    }

    /// Without overrides, so that the order cannot restart a graph that works.
    private mutating func addOrder(_ at: Int) {
        let name = graph()
        let verb = pick(["approve", "approve", "reject", "acknowledge", "restart", "resume"])
        if verb == "resume" {
            events.append((at, "do: order, order: resume"))
            pauses = pauses.map { $0.contains(at) ? $0.lowerBound..<at : $0 }
        } else {
            // A person asks again until the agent agrees.
            for repetition in 0..<pick(1...12) {
                let moment = at + repetition * 15
                events.append((moment, "do: order, order: \(verb), graph: \(name)"))
                if ["approve", "restart"].contains(verb) { agreements.append((name, moment)) }
            }
        }
    }

    private mutating func addFailure(_ at: Int) {
        let manner = pick(["fails", "before", "after"])
        events.append((at, "do: fail_effect, effect: \(pick(1...12)), manner: \(manner)"))
    }

    private mutating func addForeignRestart(_ at: Int) {
        events.append((at, "do: restart, graph: \(graph())"))
    }

    /// Below the time-out of the probes: what answers later than that looks like a hang.
    private mutating func addSlow(_ at: Int) {
        let name = graph()
        let operations = "operations: [version, summary, gremlin, cypher]"
        let milliseconds = pick(100...9_000)
        events.append(
            (
                at,
                "do: manner, graph: \(name), manner: slow, milliseconds: \(milliseconds), \(operations)"
            )
        )
        events.append(
            (at + pick(1...90), "do: manner, graph: \(name), manner: answering, \(operations)")
        )
    }

    private mutating func addLostAnswer(_ at: Int) {
        let isCarriedOut = pick(["true", "false"])
        events.append(
            (
                at,
                "do: fault, kind: drop, carried_out: \(isCarriedOut), count: 1,"
                    + " match: {operation: restart_graph}"
            )
        )
    }

    // MARK: Text

    private var entries: String {
        asks ? ", graphs: [{match: {name: \".*\"}, mode: approve}]" : ""
    }

    private var document: String {
        let ordered = events.enumerated().sorted {
            ($0.element.at, $0.offset) < ($1.element.at, $1.offset)
        }
        let lines = ordered.filter { $0.element.at < minutes }.map {
            "- {at: \($0.element.at)m, \($0.element.text)}"
        }
        return """
            name: seed \(seed)
            summary: Whatever can happen.
            duration: \(minutes)m
            jitter: 0s
            fleet: {count: \(graphs)}
            configuration: {webhook: {alerts: [GraphHung]}\(entries)}
            timeline:
            \(lines.joined(separator: "\n"))

            """
    }
}
