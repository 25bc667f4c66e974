import Workbench

/// What each graph costs one step of the whole cycle with the shipped rules in virtual time, without
/// any program or network. An agent watches at most 50,000 graphs, so that 100,000 are two agents.
package struct CycleGrowth: Sendable {
    private static let warmUpSteps = 3
    private static let small = 100
    private static let smallRounds = 20

    private let steps: Int
    private let rules: String

    /// - Parameters:
    ///   - steps: how many polls are measured.
    ///   - rules: the folder with the rule files.
    package init(steps: Int, rules: String) {
        self.steps = steps
        self.rules = rules
    }

    private struct Cost {
        /// CPU time in microseconds for a graph in a step.
        var time: [Double] = []
        /// In kilobytes for a graph.
        var memory: [Double] = []
    }

    package func rows() throws -> [Row] {
        var anchor = Cost()
        for _ in 0..<Self.smallRounds {
            let cost = try cost([Self.small])
            anchor.time += cost.time
            anchor.memory += cost.memory
        }
        let large = try cost([10_000])
        let two = try cost([50_000, 50_000])
        return [
            row("cycle of 10,000 graphs, CPU", "µs/graph", large.time, anchor.time),
            row("memory of 10,000 graphs, few samples", "kB/graph", large.memory, anchor.memory),
            row("cycle of 100,000 graphs, 2 agents, CPU", "µs/graph", two.time, anchor.time),
            row("memory of 100,000 graphs, 2 agents", "kB/graph", two.memory, anchor.memory),
        ]
    }

    private func row(_ name: String, _ unit: String, _ ours: [Double], _ theirs: [Double]) -> Row {
        Row(
            name,
            unit: unit,
            anchor: "itself with \(Self.small) graphs",
            atLeast: GrowthRows.bound,
            ours: Distribution(ours),
            theirs: Distribution(theirs)
        )
    }

    /// - Parameter agents: the number of graphs of each.
    private func cost(_ agents: [Int]) throws -> Cost {
        let graphs = Double(agents.reduce(0, +))
        var first = 1
        let worlds = agents.map { count in
            var world = World(graphs: count, from: first)
            first += count
            world.prepare()
            return world
        }
        let before = heapBytes
        var stepped = try worlds.map { try SteppedCycle($0, rules: rules) }
        var cost = Cost()
        for step in 0..<(Self.warmUpSteps + steps) {
            let seconds = processorTime {
                for index in stepped.indices { stepped[index].step() }
            }
            if step >= Self.warmUpSteps { cost.time.append(seconds * 1e6 / graphs) }
        }
        cost.memory = [(heapBytes - before) / 1024 / graphs]
        return cost
    }
}
