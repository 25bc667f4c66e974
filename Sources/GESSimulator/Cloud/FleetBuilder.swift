import Time

/// Creates the graphs of a fleet from the seed alone.
struct FleetBuilder {
    private static let environments = ["prod", "prod", "prod", "staging", "test"]
    private static let subjects = [
        "social", "payments", "fraud", "knowledge", "devices", "routes", "catalog", "identity",
        "claims", "topology", "supply", "citations", "accounts", "threats", "genome", "assets",
    ]

    private var generator: SeededGenerator
    private var used: [String: Int] = [:]

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    mutating func graphs(_ count: Int, host: String, at now: Timestamp) -> [SimulatedGraph] {
        (0..<count).map { _ in graph(host: host, at: now) }
    }

    private mutating func graph(host: String, at now: Timestamp) -> SimulatedGraph {
        let environment = pick(Self.environments)
        let subject = pick(Self.subjects)
        let ageDays = Int64(20 + generator.next() % 400)
        let createdDaysAgo = now - .seconds(ageDays * 86_400 + Int64(generator.next() % 86_400))
        var graph = SimulatedGraph(
            id: generator.uuid(),
            name: name(environment, subject),
            status: .running,
            created: createdDaysAgo
        )
        graph.tags = [("env", environment), ("team", subject)]
        graph.sizeTypeIndex = pick(["1", "2", "3"])
        graph.placement = Placement(privateIP: host)
        graph.vertexCount = Int64(1000 + generator.next() % 1_000_000)
        graph.edgeCount = graph.vertexCount * Int64(2 + generator.next() % 20)
        return graph
    }

    /// 4 to 50 letters, digits and underscores, starting with a letter: GES' rule for names.
    private mutating func name(_ environment: String, _ subject: String) -> String {
        let base = "\(environment)_\(subject)"
        let number = used[base, default: 0] + 1
        used[base] = number
        return number == 1 ? base : "\(base)_\(number)"
    }

    private mutating func pick(_ words: [String]) -> String {
        words[Int(generator.next() % UInt64(words.count))]
    }
}
