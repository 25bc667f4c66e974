import CycleFixtures
import Remediation
import PromQL
import Rules
import Series
import Testing
import Time

@testable import Cycle

@Suite("Samples of nodes")
struct NodeSampleTests {
    private static func world(
        _ graphs: [String] = ["g", "h"],
        rules: String = HangFixture.rules
    ) throws -> ScriptedWorld {
        var world = try ScriptedWorld(graphs, rules: rules) { $0.readsNodeMetrics = true }
        world.step()
        return world
    }

    /// One sample for each node.
    private static func reading(
        _ value: Double = 0.5,
        of graph: String = "g",
        nodes: [String] = ["n1", "n2"],
        at time: Timestamp
    ) -> NodeReading {
        var reading = NodeReading(graphID: graph, at: time)
        for node in nodes { reading.add([(.nodeCPUUsed, value)], labels: [node]) }
        return reading
    }

    private static func value(_ query: String, _ world: ScriptedWorld) throws -> [Double] {
        let expression = try Expression.parse(query)
        let value = try Engine().instant(expression, at: world.now, in: world.cycle.series)
        guard case .vector(let vector) = value else { return [] }
        return vector.map(\.value)
    }

    private static let cpu = "ges_graph_node_cpu_used_ratio"

    @Test("are seen by selectors and windows at their own time")
    func late() throws {
        var world = try Self.world(["g"])
        for step in 0..<10 {
            world.step(after: .seconds(120)) { input in
                let time = input.clock.wall - .seconds(100)
                input.nodes = [Self.reading(Double(step) / 100, at: time)]
            }
        }
        #expect(try Self.value(Self.cpu, world) == [0.09, 0.09])
        #expect(try Self.value("time() - timestamp(\(Self.cpu))", world) == [100, 100])
        #expect(try Self.value("count_over_time(\(Self.cpu)[10m])", world) == [5, 5])
        #expect(try Self.value("max by (graph_id) (\(Self.cpu))", world) == [0.09])
    }

    @Test("end with the first reading that lacks them, and may come back")
    func partial() throws {
        var world = try Self.world(["g"])
        let start = world.now
        world.step { $0.nodes = [Self.reading(at: start)] }
        #expect(try Self.value(Self.cpu, world).count == 2)
        world.step { $0.nodes = [Self.reading(nodes: ["n2"], at: start + .seconds(30))] }
        #expect(try Self.value(Self.cpu, world).count == 1)
        #expect(world.cycle.nodes.samples(at: world.now)[.nodeCPUUsed]?.count == 1)
        #expect(world.cycle.nodes.seriesCount == 2, "its history is still there")
        let history = try Self.value("count_over_time(\(Self.cpu)[10m])", world)
        #expect(history.sorted() == [1, 2])
        world.step { $0.nodes = [Self.reading(at: start + .seconds(60))] }
        #expect(try Self.value(Self.cpu, world).count == 2)
        #expect(world.cycle.nodes.seriesCount == 2)
    }

    @Test("that are not renewed have no value after fifteen minutes, and end with the retention")
    func ended() throws {
        var world = try Self.world(["g"])
        let time = world.now
        world.step { $0.nodes = [Self.reading(at: time)] }
        while world.now - time < .seconds(870) { world.step() }
        #expect(try Self.value(Self.cpu, world).count == 2)
        world.step(after: .seconds(60))
        #expect(world.cycle.nodes.samples(at: world.now).isEmpty)
        #expect(try Self.value(Self.cpu, world).isEmpty)
        world.pass(world.cycle.series.retention)
        #expect(world.cycle.nodes.seriesCount == 0)
    }

    @Test("of a graph that is deleted leave nothing behind, not even those on their way")
    func deleted() throws {
        var world = try Self.world()
        world.step()
        let time = world.now
        let before = world.cycle.series.seriesCount
        world.step { input in
            input.nodes = ["g", "h", "stranger"].map { Self.reading(of: $0, at: time) }
        }
        #expect(world.cycle.nodes.seriesCount == 4)
        #expect(world.cycle.series.seriesCount == before + 4)
        world.graphs["h"] = nil
        world.step { $0.nodes = [Self.reading(of: "h", at: time + .seconds(1))] }
        #expect(world.cycle.nodes.seriesCount == 2)
        #expect(world.cycle.nodes.refused == [.graph: 4])
        let left = world.cycle.series.select([LabelMatcher(name: "__name__", .equal(Self.cpu))])
        #expect(Set(left.map { world.cycle.series.labels(of: $0)["graph_id"] }) == ["g"])
    }

    @Test("are refused if they are old, ahead, or out of order, and counted")
    func refused() throws {
        var world = try Self.world()
        let now = world.now
        world.step { input in
            input.nodes = [
                Self.reading(at: now), Self.reading(at: now), Self.reading(0.6, at: now),
                Self.reading(at: now - .seconds(60)),
                Self.reading(of: "h", at: now - .seconds(86_400)),
                Self.reading(of: "h", at: now + .seconds(86_400)),
                Self.reading(of: "h", at: .distantFuture), Self.reading(of: "h", at: .distantPast),
            ]
        }
        #expect(world.cycle.nodes.refused == [.order: 4, .old: 4, .future: 4])
        #expect(try Self.value(Self.cpu, world) == [0.5, 0.5])
    }

    @Test("have a limit, whatever names they have, and room is given back")
    func limit() {
        var store = SeriesStore(retention: .seconds(3600), maximumSeries: 40)
        var samples = NodeSamples()
        let now = Timestamp(seconds: 10_000)
        for round in 0..<5 {
            let time = now + .seconds(Double(round))
            let nodes = (0..<6).map { "n\(round)-\($0)" }
            samples.append([Self.reading(nodes: nodes, at: time)], to: &store, at: time) { _ in
                true
            }
        }
        #expect(samples.seriesCount == 10)
        #expect(store.seriesCount == 10)
        #expect(samples.refused == [.series: 20])
        #expect(store.droppedSeriesTotal == 0, "the other series have room")
        #expect(samples.samples(at: now).isEmpty, "what has no series is not shown")
        store.prune(before: now + .seconds(60))
        samples.prune(before: now + .seconds(60))
        #expect(samples.seriesCount == 0 && store.seriesCount == 0)
        let later = now + .seconds(90)
        samples.append([Self.reading(at: later)], to: &store, at: later) { _ in true }
        #expect(samples.seriesCount == 2)
        samples.keep(in: &store) { _ in false }
        #expect(samples.seriesCount == 0 && store.seriesCount == 0)
    }

    @Test("of one reading are bounded")
    func size() {
        var reading = NodeReading(graphID: "g", at: .distantPast)
        for node in 0..<2_000 {
            reading.add([(.nodeCPUUsed, 1), (.nodeDiskUsed, 1)], labels: ["n\(node)"])
        }
        #expect(reading.samples.count == NodeReading.maximumSamples)
        #expect(reading.omitted == 4_000 - NodeReading.maximumSamples)
    }

    @Test("are forgotten when they are not configured any more, and when the clock is set")
    func forgotten() throws {
        var world = try Self.world()
        let time = world.now
        world.step { $0.nodes = [Self.reading(at: time)] }
        world.setClock(by: .seconds(7_200))
        world.step()
        #expect(world.cycle.nodes.seriesCount == 0)
        let later = world.now
        world.step { $0.nodes = [Self.reading(at: later)] }
        #expect(world.cycle.nodes.seriesCount == 2)
        var settings = world.cycle.settings
        settings.readsNodeMetrics = false
        world.step { $0.settings = settings }
        #expect(world.cycle.nodes.seriesCount == 0)
        world.step { $0.nodes = [Self.reading(at: later)] }
        #expect(world.cycle.nodes.seriesCount == 0)
    }

    /// The same world twice: what nodes say changes neither a verdict nor a decision.
    @Test("neither prove nor refute a hang", arguments: [0.0, 1.0])
    func restraint(value: Double) throws {
        func run(_ value: Double?) throws -> (events: [String], posts: [String]) {
            var world = try Self.world()
            for step in 0..<60 {
                if step == 20 { world.graphs["g"]?.answers = false }
                let time = world.now
                world.step { input in
                    guard let value else { return }
                    input.nodes = ["g", "h"].map { Self.reading(value, of: $0, at: time) }
                }
            }
            return (world.transcript, world.posts)
        }
        let (without, with) = (try run(nil), try run(value))
        #expect(without.posts == ["g"] && with.posts == ["g"])
        #expect(without.events == with.events)
    }

    @Test("never lead to a restart by themselves")
    func rule() throws {
        let rules = HangFixture.rules.replacing(
            "max by (graph_id) (ges_graph_probe_success) == 0",
            with: "max by (graph_id) (ges_graph_node_cpu_used_ratio) > 0.9"
        )
        try #require(rules != HangFixture.rules, "the rule of the fixture has another form")
        var world = try Self.world(rules: rules)
        for _ in 0..<120 {
            let time = world.now
            world.step { $0.nodes = ["g", "h"].map { Self.reading(0.99, of: $0, at: time) } }
        }
        #expect(!world.cycle.rules.activeAlerts.isEmpty, "the rule fires")
        #expect(world.posts.isEmpty)
    }
}

@Suite("The graphs whose nodes may be read")
struct MonitorableTests {
    @Test("are those that work and answer, until their restart is over")
    func monitorable() throws {
        var world = try ScriptedWorld(["g", "h", "stopped"])
        world.graphs["stopped"]?.status = "900"
        var allowed: [Set<String>] = []
        for step in 0..<40 {
            if step == 5 { world.graphs["g"]?.answers = false }
            let ready = world.step()
            allowed.append(ready.status.monitorable)
            if !ready.status.machine.inFlight.isEmpty {
                #expect(!ready.status.monitorable.contains("g"))
            }
        }
        #expect(allowed[4] == ["g", "h"])
        #expect(allowed[5] == ["h"], "from the first silent probe on")
        #expect(world.posts == ["g"])
        #expect(allowed.last == ["g", "h"])
        #expect(allowed.dropFirst(4).allSatisfy { $0.contains("h") })
        #expect(!allowed.contains { $0.contains("stopped") })
    }

    @Test("are none while the fleet cannot be listed")
    func blind() throws {
        var world = try ScriptedWorld(["g"])
        world.step()
        world.listingFailure = ReadingFailure(reason: "timeout", text: "no answer")
        #expect(world.step().status.monitorable.isEmpty)
    }
}

@Suite("The size of a graph")
struct SizeSampleTests {
    private static func samples(
        _ size: GraphReading.Size?,
        _ queries: GraphReading.Queries?
    ) throws -> [GraphMetric: Double] {
        var reading = GraphReading(
            graphID: "g",
            probes: [GraphReading.Probe(kind: "version", outcome: ReadingsFixture.answered)],
            queries: queries
        )
        reading.size = size
        let listed = ReadingsFixture.graph("g", name: "orders", status: "200")
        let readings = Readings(
            at: Timestamp(seconds: 5),
            listing: .success(Readings.Listing(graphs: [listed], isComplete: true)),
            jobs: .success([]),
            graphs: [reading]
        )
        var inventory = Inventory()
        inventory.merge(readings, freshness: .seconds(100))
        let all = GraphSamples.all(inventory, projectID: "p", at: readings.at)
        let shown = all.filter { GraphMetric.ofSize.contains($0.metric) }
        #expect(shown.allSatisfy { $0.labelValues == ["g"] })
        return Dictionary(uniqueKeysWithValues: shown.map { ($0.metric, $0.value) })
    }

    @Test("is shown with what there is room for")
    func whole() throws {
        var queries = GraphReading.Queries()
        queries.capacity = GraphReading.Size(vertices: 1_000, edges: 4_000)
        queries.longestPendingSeconds = 2.5
        let found = try Self.samples(GraphReading.Size(vertices: 250, edges: 8_000), queries)
        #expect(
            found == [
                .vertices: 250, .edges: 8_000, .vertexCapacity: 1_000, .edgeCapacity: 4_000,
                .vertexUsed: 0.25, .edgeUsed: 2, .queryPendingMax: 2.5,
            ]
        )
    }

    @Test("is absent as far as it is not told, and never 0 for that")
    func parts() throws {
        #expect(try Self.samples(nil, nil).isEmpty)
        #expect(try Self.samples(nil, GraphReading.Queries(readRunning: 1)).isEmpty)
        let size = GraphReading.Size(vertices: nil, edges: 7)
        #expect(try Self.samples(size, GraphReading.Queries()) == [.edges: 7])
        var queries = GraphReading.Queries()
        queries.capacity = GraphReading.Size(vertices: 0, edges: nil)
        let found = try Self.samples(GraphReading.Size(vertices: 5, edges: nil), queries)
        #expect(found == [.vertices: 5, .vertexCapacity: 0])
    }
}
