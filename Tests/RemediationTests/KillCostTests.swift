import Diagnosis
import Remediation
import Testing
import Time

extension ListedTasks {
    /// Algorithms that have run for so many hours.
    static func work(hours: [Int], type: String = "Algorithm", at: Timestamp) -> ListedTasks {
        let tasks = hours.enumerated().map { index, hours in
            ListedTask(
                id: "task-\(index)",
                type: type,
                startedAt: at - .seconds(3600 * hours),
                progressRatio: 0.4
            )
        }
        return ListedTasks(tasks, at: at)
    }
}

@Suite("What a restart kills")
struct KillCostTests {
    /// A budget of 50 hours in a day, of which nothing is used.
    private static func labels(
        _ hangClass: HangClass = .unresponsive,
        _ change: (inout Incident) -> Void
    ) -> [String] {
        var incident = Incident()
        incident[Incident.g].statusCode = hangClass.expectedStatusCode
        incident.requests = [Incident.request(Incident.g, hangClass)]
        change(&incident)
        incident.step()
        return incident.labels
    }

    @Test(
        "is the time for which its tasks have run",
        arguments: [
            ([], []), ([50], []), ([51], ["kill_cost"]), ([30, 20], []), ([30, 21], ["kill_cost"]),
        ] as [([Int], [String])]
    )
    func work(hours: [Int], labels: [String]) {
        #expect(Self.labels { $0[Incident.g].tasks = .work(hours: hours, at: $0.now) } == labels)
    }

    @Test("counts nothing for a task that waits, and nothing if no task was ever listed")
    func unknown() {
        #expect(Self.labels { $0[Incident.g].tasks = nil }.isEmpty)
        let waiting = ListedTask(id: "t", type: "Algorithm")
        #expect(
            Self.labels { $0[Incident.g].tasks = ListedTasks([waiting], at: $0.now) }.isEmpty
        )
    }

    @Test("does not grow while the graph lists nothing")
    func oldList() {
        #expect(
            Self.labels {
                $0[Incident.g].tasks = .work(hours: [49], at: $0.now - .seconds(7200))
            }.isEmpty
        )
    }

    @Test(
        "leaves out tasks of the operation that hangs",
        arguments: [
            (HangClass.importing, "ImportGraph", []), (.exporting, "ExportGraph", []),
            (.clearing, "ClearGraph", []), (.importing, "Algorithm", ["kill_cost"]),
            (.exporting, "ImportGraph", ["kill_cost"]),
            (.unresponsive, "ImportGraph", ["kill_cost"]),
        ] as [(HangClass, String, [String])]
    )
    func ownTasks(hangClass: HangClass, type: String, labels: [String]) {
        let found = Self.labels(hangClass) {
            $0[Incident.g].tasks = .work(hours: [60], type: type, at: $0.now)
        }
        #expect(found == labels)
    }

    @Test("asks a person, and goes on once one approves")
    func approval() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident[Incident.g].tasks = .work(hours: [60], at: incident.now)
        incident.step()
        #expect(incident.machine.approvalsPending == 1)
        incident.order(.approve(Incident.g))
        #expect(incident.intents.count == 1)
    }

    @Test("adds up over the fleet within the window, and is remembered after a start")
    func budget() {
        var incident = Incident { $0.maxConcurrent = 9 }
        let other = GraphID("other-1")
        incident[other].tasks = .work(hours: [30], at: incident.now)
        incident[Incident.g].tasks = .work(hours: [21], at: incident.now)
        incident.restartAnother(.accepted(jobID: "job-1"))
        incident.machine = Machine(restoring: incident.machine.snapshot, at: incident.now)
        incident.requests = [Incident.request()]
        incident.step()
        #expect(incident.labels == ["kill_cost"] && incident.intents.isEmpty)
        incident[Incident.g].tasks = .work(hours: [20], at: incident.now)
        incident.step()
        #expect(incident.intents.map(\.graphID).last == Incident.g)
    }

    @Test("counts no tasks that an earlier restart has killed")
    func afterRestart() {
        var incident = Incident { $0.maxConcurrent = 9 }
        incident[Incident.g].tasks = .work(hours: [40], at: incident.now)
        incident.requests = [Incident.request()]
        incident.step()
        let killed = incident.machine.record(of: Incident.g).attempts.map(\.killedMilliseconds)
        #expect(killed == [40 * 3_600_000])
        let gates = incident.machine.explain(Incident.g, in: incident.view, at: incident.now).gates
        #expect(!gates.map(\.gate).contains(.killCost))
    }

    @Test("holds on although an agent that has started again knows of no tasks")
    func afterStart() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident[Incident.g].tasks = .work(hours: [60], at: incident.now)
        incident.step()
        incident[Incident.g].tasks = nil
        incident.machine = Machine(restoring: incident.machine.snapshot, at: incident.now)
        incident.cycle()
        #expect(incident.labels == ["kill_cost"] && incident.intents.isEmpty)
        incident.answer(true)
        incident.requests = []
        incident.cycle()
        incident.answer(false)
        incident.requests = [Incident.request()]
        incident.cycle()
        #expect(incident.intents.count == 1)
    }

    @Test("is written again only when it has grown by an hour")
    func writes() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        var written: Set<KillCost> = []
        for minute in 0..<120 {
            let start = Incident.start - .seconds(60 * 3600)
            let task = ListedTask(id: "t", type: "Algorithm", startedAt: start)
            incident[Incident.g].tasks = ListedTasks([task], at: incident.now)
            incident.cycle(.seconds(60))
            #expect(incident.intents.isEmpty, "\(minute)")
            incident.machine.record(of: Incident.g).heldKillCost.map { _ = written.insert($0) }
        }
        #expect(written.count == 2)
    }
}
