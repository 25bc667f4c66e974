import Diagnosis
import Remediation
import Testing
import Time

/// Restarts by others: seen in the jobs, in the job list at a start, and never taken for ours.
@Suite struct ForeignRestartTests {
    private func job(
        _ id: String,
        _ state: JobState,
        name: String = "RestartGraph",
        of graph: String = "orders",
        began ago: Duration,
        before now: Timestamp = Incident.start
    ) -> FoundJob {
        FoundJob(id: id, name: name, graphName: graph, beganAt: now - ago, state: state)
    }

    @Test("a running restart by someone else holds while it runs and for the cool-down after it")
    func running() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident[Incident.g].jobs = [job("f", .running, began: .seconds(60))]
        incident.cycle()
        #expect(incident.phase.label == "external")
        #expect(incident.intents.isEmpty)
        incident.cycle(.seconds(600))
        #expect(incident.phase.label == "external")
        incident[Incident.g].jobs = []
        incident.cycle()
        #expect(incident.labels == ["cooldown"])
        incident.cycle(.seconds(3600))
        #expect(incident.intents.map(\.graphID) == [Incident.g])
    }

    @Test(
        "an ended restart by someone else is followed by its cool-down, once",
        arguments: [.succeeded, .failed(reason: "no capacity")] as [JobState]
    )
    func ended(state: JobState) {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident[Incident.g].jobs = [job("f", state, began: .seconds(600))]
        incident.cycle()
        #expect(incident.labels == ["cooldown"])
        incident.cycle(.seconds(3900 - 631))
        #expect(incident.labels == ["cooldown"])
        incident.cycle(.seconds(1))
        #expect(incident.intents.map(\.graphID) == [Incident.g])
    }

    @Test(
        "one just when ours was sent is that of a rival, and another time it is not",
        arguments: [(1, 1), (119, 1), (-119, 1), (121, 0)]
    )
    func rival(seconds: Int, count: Int) throws {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.cycle()
        incident.restartAndVerify(job: "ours")
        let sent = try #require(incident.machine.record(of: Incident.g).attempts.last?.createdAt)
        #expect(incident.machine.rivals.count == 0)
        incident[Incident.g].jobs = [
            job("theirs", .succeeded, began: .zero, before: sent + .seconds(seconds))
        ]
        incident.cycle()
        #expect(incident.machine.rivals.count == count)
    }

    @Test("other jobs, old restarts and our own hold nothing")
    func unrelated() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident[Incident.g].jobs = [
            job("a", .running, name: "BackupGraph", began: .seconds(60)),
            job("b", .succeeded, began: .seconds(3901)),
            job("c", .running, began: .seconds(3 * 3600)),
        ]
        incident.cycle()
        incident.restartAndVerify(job: "ours")
        let due = incident.phase
        incident[Incident.g].jobs = [job("ours", .succeeded, began: .zero, before: incident.now)]
        incident.cycle()
        #expect(incident.phase == due)
    }

    @Test("with a named job no other one is ours, and a failed one proves nothing")
    func ownJob() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.send(.accepted(jobID: "ours"))
        let intent = incident.phase.intent?.id ?? ""
        let now = incident.now
        let foreign = job("f", .failed(reason: "x"), began: .seconds(10), before: now)
        incident.cycle(.seconds(30), .jobsFound(intentID: intent, [foreign]))
        #expect(incident.phase.label == "restarting")
        incident = Incident()
        incident.requests = [Incident.request()]
        incident.send(.unknown(reason: "reset"))
        let early = job("e", .running, began: .seconds(3), before: incident.now - .seconds(30))
        for found in [foreign, early] {
            incident.cycle(
                .seconds(30),
                .jobsFound(intentID: incident.phase.intent?.id ?? "", [found])
            )
            #expect(incident.phase.label == "unknown_outcome")
        }
        // Clocks may differ, and begin times are whole seconds.
        let rounded = job(
            "r",
            .running,
            began: .milliseconds(1_900),
            before: incident.phase.intent?.createdAt ?? incident.now
        )
        incident.cycle(
            .seconds(30),
            .jobsFound(intentID: incident.phase.intent?.id ?? "", [rounded])
        )
        #expect(incident.phase.label == "restarting")
    }

    @Test(
        "after a start nothing is restarted before the job list is read; what it shows is adopted"
    )
    func adoption() {
        var incident = Incident()
        incident.machine.expectJobList()
        incident.requests = [Incident.request()]
        incident.cycle()
        #expect(incident.labels == ["job_list"])
        #expect(
            incident.effects.contains(
                .readJobList(since: incident.now - .seconds(86_400))
            )
        )
        incident.cycle(.seconds(30), .jobListFailed("reset", isRefusal: false))
        #expect(incident.labels == ["job_list"])
        let found = job("f", .succeeded, began: .seconds(1800))
        incident.cycle(.seconds(30), .jobList([found]))
        #expect(incident.labels == ["cooldown"])
        incident.cycle(.seconds(2100 - 90))
        #expect(incident.intents.map(\.graphID) == [Incident.g])
    }

    @Test(
        "a job list that stays incomplete holds for half an hour of sight, and what it has is used"
    )
    func incompleteList() {
        var incident = Incident { $0.startupGrace = .zero }
        incident.machine.expectJobList()
        incident.view.sightSince = incident.now
        let began = incident.now
        incident.requests = [Incident.request()]
        for minutes in [1, 15, 29] {
            let rest = began + .seconds(60 * minutes) - incident.now
            incident.cycle(rest, .partialJobList([], "it has more than 1000 pages"))
            #expect(incident.labels == ["job_list"])
        }
        let found = job("f", .succeeded, began: .seconds(1800))
        incident.cycle(
            began + .seconds(1800) - incident.now,
            .partialJobList([found], "it has more than 1000 pages")
        )
        #expect(incident.labels == ["cooldown"])
        #expect(
            incident.text.contains(
                "the job list stays incomplete: it has more than 1000 pages; restarts by others that "
                    + "it lacks are not known"
            )
        )
        incident.cycle(.seconds(2100 - 1800))
        #expect(incident.intents.map(\.graphID) == [Incident.g])
    }

    @Test("a job list that takes long to read is asked for once")
    func slowList() {
        var incident = Incident()
        incident.machine.expectJobList()
        incident.cycle()
        let first = incident.effects
        #expect(first.count == 1)
        incident.cycle(.seconds(600))
        #expect(incident.effects == first)
        incident.cycle(.seconds(30), .jobListFailed("reset", isRefusal: false))
        #expect(incident.effects.filter(\.isRepeated) == first)
    }

    @Test("an account that may not read the job list acts all the same, and says so")
    func refusedList() {
        var incident = Incident()
        incident.machine.expectJobList()
        incident.requests = [Incident.request()]
        incident.cycle()
        incident.cycle(.seconds(30), .jobListFailed("GES.8000 forbidden", isRefusal: true))
        #expect(incident.intents.map(\.graphID) == [Incident.g])
        #expect(
            incident.text.contains(
                "fleet external: the job list is refused: GES.8000 forbidden; restarts by others "
                    + "meanwhile are not known"
            )
        )
    }

    @Test("a restart of a graph that is listed later is adopted then")
    func lateGraph() {
        var incident = Incident()
        let graph = incident[Incident.g]
        incident.view.graphs[Incident.g] = nil
        incident.machine.expectJobList()
        incident.cycle(.seconds(30), .jobList([job("f", .succeeded, began: .seconds(600))]))
        incident[Incident.g] = graph
        incident.requests = [Incident.request()]
        incident.cycle()
        #expect(incident.labels == ["cooldown"])
    }
}
