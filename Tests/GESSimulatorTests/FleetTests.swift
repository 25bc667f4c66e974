import Testing

@testable import GESSimulator

@Suite("A fleet")
struct FleetTests {
    private func cloud(_ count: Int, seed: UInt64 = 1) -> SimulatedCloud {
        CloudFixture {
            $0.graphCount = count
            $0.seed = seed
        }.cloud
    }

    @Test("is determined by its seed")
    func deterministic() {
        #expect(cloud(50).graphIDs == cloud(50).graphIDs)
        #expect(cloud(50).graphs.map(\.name) == cloud(50).graphs.map(\.name))
        #expect(cloud(50).graphIDs != cloud(50, seed: 2).graphIDs)
    }

    @Test("of another size starts with the same graphs")
    func prefix() {
        #expect(cloud(50).graphIDs.prefix(7).elementsEqual(cloud(7).graphIDs))
    }

    @Test("has valid, unique names", arguments: [0, 1, 500])
    func names(count: Int) {
        let graphs = cloud(count).graphs
        #expect(graphs.count == count)
        #expect(Set(graphs.map(\.name)).count == count)
        #expect(Set(graphs.map(\.id)).count == count)
        #expect(graphs.allSatisfy { SimulatedCloud.isGraphName($0.name) })
        #expect(graphs.allSatisfy { SimulatedCloud.isGraphID($0.id) })
    }

    @Test("accepts another graph, but refuses a second one with its name or id")
    func added() throws {
        var cloud = cloud(3)
        let start = CloudFixture.start
        let added = cloud.addGraph(name: "extra", tags: [("env", "prod")], at: start)
        let id = try #require(added)
        #expect(cloud.graph(id)?.status(at: start) == .running)
        let sameName = cloud.addGraph(name: "extra", at: start)
        #expect(sameName == nil)
        let sameID = cloud.addGraph(id: id, name: "other", at: start)
        #expect(sameID == nil)
        for name in ["abc", "1abc", "a-bc", "a b c d", "äbcd", String(repeating: "a", count: 65)] {
            let misnamed = cloud.addGraph(name: name, at: start)
            #expect(misnamed == nil)
        }
    }

    @Test("refuses invalid settings")
    func problems() {
        #expect(SimulatorConfiguration().problems.isEmpty)
        var configuration = SimulatorConfiguration()
        configuration.graphCount = -1
        configuration.timeScale = 0
        configuration.controlPort = 70_000
        configuration.tokenBytes = 1
        configuration.tokenLife = .zero
        configuration.projectID = "a/b"
        #expect(configuration.problems.count == 6)
    }
}
