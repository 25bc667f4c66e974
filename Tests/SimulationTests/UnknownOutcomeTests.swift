import GESSimulator
import Remediation
import Rehearsal
import Testing
import VirtualTime

/// What happens to the answer to a restart, and whether the restart is carried out anyway.
struct LostAnswer: Sendable, CustomTestStringConvertible {
    let name: String
    let fault: Fault
    let isCarriedOut: Bool

    var testDescription: String { name + (isCarriedOut ? ", carried out" : ", not carried out") }

    static let all = [true, false].flatMap { isCarriedOut in
        [
            LostAnswer(name: "silence", fault: .hang, isCarriedOut: isCarriedOut),
            LostAnswer(name: "reset", fault: .drop, isCarriedOut: isCarriedOut),
            LostAnswer(
                name: "garbage",
                fault: .garbage(status: 200),
                isCarriedOut: isCarriedOut
            ),
            LostAnswer(
                name: "a proxy's page",
                fault: .html(status: 502),
                isCarriedOut: isCarriedOut
            ),
            LostAnswer(
                name: "nothing with 504",
                fault: .emptyBody(status: 504),
                isCarriedOut: isCarriedOut
            ),
        ]
    }
}

@Suite("A restart with an unknown outcome")
struct UnknownOutcomeTests {
    @Test("is never sent again, and is searched for", arguments: LostAnswer.all)
    func lostAnswer(_ lost: LostAnswer) throws {
        try Simulation.run { world in
            try await world.passStartupGrace()
            world.schedule(
                ScheduledFault(
                    lost.fault,
                    on: FaultMatch(operation: .restartGraph),
                    carriedOut: lost.isCarriedOut
                )
            )
            world.hang(1)
            if !lost.isCarriedOut {
                try await world.expectState("unknown_outcome", of: 1)
                #expect(world.attempts(1) == [nil])
            }
            try await world.expectState("cooling_down", of: 1)
            try await world.pass(.seconds(600))
            #expect(world.restarts == [world.id(1): 1])
            #expect(
                world.attempts(1) == [lost.isCarriedOut ? .verified : .probablyNotLanded]
            )
            let used = world.metric("graphwarden_remediation_budget_used", "fleet_1h")
            #expect(used == 1, "it counts until it is certain that nothing happened")
        }
    }

    @Test("that was accepted without a job id is tracked by the status of the graph")
    func withoutJob() throws {
        try Simulation.run { world in
            try await world.passStartupGrace()
            world.schedule(
                ScheduledFault(.emptyObject, on: FaultMatch(operation: .restartGraph))
            )
            // The task center does not help either.
            world.schedule(ScheduledFault(.hang, on: FaultMatch(operation: .listJobs)))
            world.hang(1)
            try await world.expectState("cooling_down", of: 1)
            #expect(world.isVerified(1))
            #expect(world.restarts == [world.id(1): 1])
        }
    }

    @Test("that was refused costs no attempt, and the graph is read again")
    func refused() throws {
        try Simulation.run { world in
            try await world.passStartupGrace()
            let error = ServiceError(
                status: 400,
                code: "GES.7016",
                message: "The request is invalid."
            )
            world.schedule(
                ScheduledFault(.error(error), on: FaultMatch(operation: .restartGraph))
            )
            world.hang(1)
            try await world.expectState("waiting", of: 1)
            try await world.pass(.seconds(200))
            #expect(world.restarts == [world.id(1): 1])
            #expect(world.attempts(1) == [.refused])
            let used = world.metric("graphwarden_remediation_budget_used", "fleet_1h")
            #expect(used == 0)
            #expect(world.hasLogged("The restart was refused; its status is 200"))
        }
    }

    @Test(
        "that was accepted but has no effect or never ends requires an operator",
        arguments: [
            .ignored, .staysIn(.stopping), .jobFails(reason: "no capacity"),
        ] as [RestartCourse]
    )
    func stalled(_ course: RestartCourse) throws {
        try Simulation.run(SimulationSettings { $0.policy = { $0.cooldown = .seconds(60) } }) {
            world in
            try await world.passStartupGrace()
            world.schedule(
                ScheduledFault(.restart(course), on: FaultMatch(operation: .restartGraph))
            )
            world.hang(1)
            try await world.expectState("stalled", of: 1)
            try await world.pass(.seconds(1800))
            #expect(world.restarts == [world.id(1): 1])
            #expect(world.state(1) == "stalled")
            #expect(world.metric("graphwarden_quarantined_graphs") == 1)
            #expect(world.hasLogged("error: the restart stalled"))
        }
    }
}

extension Simulation {
    /// Whether one of the newest lines of the trace contains the text.
    func hasLogged(_ text: String) -> Bool {
        time.trace.newest(1000).contains { $0.contains(text) }
    }
}
