import Cycle
import GESSimulator
import InProcessCloud
import Remediation
import Rules
import Rehearsal
import Testing

/// Each test in which nothing happens ends with a control, mostly a hang that must be noticed, so
/// that an agent that does nothing at all fails.
@Suite("Nothing is restarted")
struct RestraintTests {
    @Test(
        "during an outage of the whole API for twenty minutes, and after its recovery",
        arguments: [Outage.refusing, .hanging]
    )
    func outage(_ outage: Outage) throws {
        try Simulation.run { world in
            try await world.passStartupGrace()
            let project = world.cloud.configuration.projectID
            world.setOutage(outage)
            try await world.pass(.seconds(20 * 60))
            #expect(world.sample(.up, [project]) == 0)
            world.setOutage(nil)
            let sees = try await world.pass(atMost: .seconds(300)) {
                world.sample(.up, [project]) == 1
            }
            #expect(sees)
            try await world.pass(.seconds(1800))
            #expect(world.restarts.isEmpty)
            try await world.expectThatAHangIsStillNoticed()
        }
    }

    @Test("when all graphs are unhealthy at once", arguments: [2, 3, 12])
    func storm(graphs: Int) throws {
        try Simulation.run(SimulationSettings { $0.graphs = graphs }) { world in
            try await world.passStartupGrace()
            for index in 0..<graphs { world.hang(index) }
            let fires = try await world.pass(atMost: .seconds(3600), every: .seconds(10)) {
                world.status.alerts.count { $0.firedAt != nil } == graphs
            }
            #expect(fires)
            try await world.pass(.seconds(1800))
            #expect(world.restarts.isEmpty)
            let suppressed = world.metric(
                "graphwarden_remediations_suppressed_total",
                "restart",
                "storm"
            )
            #expect(suppressed ?? 0 > 0)
            // When all but one have recovered there is no storm, and the agent is shown to be
            // working.
            for index in 1..<graphs {
                world.change(index) { cloud, id, now in cloud.heal(id, at: now) }
            }
            try await world.expectRestart(of: 0)
        }
    }

    @Test("when a graph is merely slow")
    func slow() throws {
        try Simulation.run { world in
            try await world.passStartupGrace()
            world.change(1) { cloud, id, _ in cloud.setManner(id, .slow(.seconds(6))) }
            try await world.pass(.seconds(1800))
            #expect(world.restarts.isEmpty)
            try await world.expectThatAHangIsStillNoticed()
        }
    }

    @Test(
        "when a graph is in a state for which no restart is documented",
        arguments: [
            "100", "201", "203", "206", "207", "208", "210", "211", "300", "900", "901",
            "903", "920", "777",
        ] as [SimulatedGraph.Status]
    )
    func otherStatus(_ status: SimulatedGraph.Status) throws {
        try Simulation.run { world in
            try await world.passStartupGrace()
            world.change(1) { cloud, id, now in
                cloud.setStatus(id, status, at: now)
                cloud.setManner(id, .silent)
            }
            try await world.pass(.seconds(1800))
            #expect(world.restarts.isEmpty)
            try await world.expectThatAHangIsStillNoticed()
        }
    }

    @Test("when the data plane of the only graph has never been reached")
    func neverReached() throws {
        let settings = SimulationSettings {
            $0.graphs = 1
            $0.dataPlanePort = 9
        }
        try Simulation.run(settings) { world in
            try await world.passStartupGrace()
            let isHeld = try await world.pass(atMost: .seconds(3600), every: .seconds(10)) {
                world.decision(0).holdReasons.first?.label == "path"
            }
            #expect(isHeld)
            try await world.pass(.seconds(1800))
            #expect(world.restarts.isEmpty)
        }
    }

    @Test("in the modes that only observe", arguments: [Mode.off, .shadow, .approve])
    func modes(mode: Mode) throws {
        try Simulation.run(SimulationSettings { $0.mode = mode }) { world in
            try await world.passStartupGrace()
            world.hang(1)
            let isNoticed = try await world.pass(atMost: .seconds(3600), every: .seconds(10)) {
                world.decision(1) != .idle
            }
            #expect(isNoticed)
            try await world.pass(.seconds(1800))
            #expect(world.restarts.isEmpty)
            #expect(world.decision(1) != .idle)
        }
    }
}

extension Decision {
    var holdReasons: [HoldReason] {
        if case .hold(let reasons) = self { reasons } else { [] }
    }
}
