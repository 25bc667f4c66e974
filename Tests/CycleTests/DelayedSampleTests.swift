import CycleFixtures
import PromQL
import Rules
import Series
import Testing
import Time

@testable import Cycle

@Suite("Samples that keep their own time")
struct DelayedSampleTests {
    /// A world that has listed its graphs.
    private static func world(
        _ graphs: [String] = ["g", "h"],
        rules: String = HangFixture.rules
    ) throws -> ScriptedWorld {
        var world = try ScriptedWorld(graphs, rules: rules) { $0.readsCloudEye = true }
        world.step()
        return world
    }

    private static func sample(
        _ value: Double,
        of graph: String = "g",
        _ metric: GraphMetric = .memoryUsed,
        at time: Timestamp
    ) -> DelayedSample {
        DelayedSample(graphID: graph, metric: metric, at: time, value: value)
    }

    private static func value(_ query: String, _ world: ScriptedWorld) throws -> [Double] {
        let expression = try Expression.parse(query)
        let value = try Engine().instant(expression, at: world.now, in: world.cycle.series)
        guard case .vector(let vector) = value else { return [] }
        return vector.map(\.value)
    }

    @Test("are seen by selectors and windows at their own time, six minutes late")
    func late() throws {
        var world = try Self.world()
        let start = world.now
        for minute in 0..<20 {
            world.step(after: .seconds(60)) { input in
                guard minute >= 6 else { return }
                let time = start + .seconds(Int64(minute - 5) * 60)
                input.delayed = [Self.sample(Double(minute - 5) / 100, at: time)]
            }
        }
        #expect(try Self.value("ges_graph_memory_used_ratio", world) == [0.14])
        #expect(try Self.value("time() - timestamp(ges_graph_memory_used_ratio)", world) == [360])
        #expect(try Self.value("count_over_time(ges_graph_memory_used_ratio[10m])", world) == [4])
        let slope = try Self.value("deriv(ges_graph_memory_used_ratio[10m]) * 60", world)
        #expect(slope.count == 1 && abs(slope[0] - 0.01) < 1e-9, "\(slope)")
    }

    @Test("are kept for backtests, like those of nodes")
    func kept() throws {
        var world = try ScriptedWorld(["g"]) {
            $0.readsCloudEye = true
            $0.readsNodeMetrics = true
        }
        world.cycle.noteSealedChunks()
        world.step()
        for _ in 0..<40 {
            world.step(after: .seconds(60)) { input in
                let time = input.clock.wall - .seconds(120)
                input.delayed = [Self.sample(0.5, at: time)]
                var reading = NodeReading(graphID: "g", at: time)
                reading.add([(.nodeCPUUsed, 0.5)], labels: ["n1"])
                input.nodes = [reading]
            }
        }
        for metric in [GraphMetric.memoryUsed, .nodeCPUUsed] {
            let count = "count_over_time(\(metric.rawValue)[1h])"
            #expect(try Self.value(count, world)[0] > 30)
        }
        let chunks = world.cycle.takeChunks() + world.cycle.takeAllChunks()
        let kept = Set(chunks.map(\.labels.metricName))
        let wanted: [GraphMetric] = [.graphUp, .memoryUsed, .nodeCPUUsed]
        #expect(kept.isSuperset(of: wanted.map(\.rawValue)))
    }

    @Test("that are not renewed have no value after fifteen minutes")
    func ended() throws {
        var world = try Self.world()
        let time = world.now
        world.step { $0.delayed = [Self.sample(0.5, at: time)] }
        while world.now - time < .seconds(870) { world.step() }
        #expect(world.cycle.delayed.values(of: .memoryUsed, at: world.now) == ["g": 0.5])
        #expect(try Self.value("ges_graph_memory_used_ratio", world) == [0.5])
        world.step(after: .seconds(60))
        #expect(world.cycle.delayed.counts(at: world.now).isEmpty)
        #expect(try Self.value("ges_graph_memory_used_ratio", world).isEmpty)
    }

    @Test("of a graph that is deleted leave nothing behind, not even those on their way")
    func deleted() throws {
        var world = try Self.world()
        let time = world.now
        world.step { input in
            input.delayed = [
                Self.sample(0.5, at: time), Self.sample(0.5, of: "h", at: time),
                Self.sample(0.5, of: "stranger", at: time),
            ]
        }
        #expect(world.cycle.delayed.seriesCount == 2)
        world.graphs["h"] = nil
        world.step { $0.delayed = [Self.sample(0.6, of: "h", at: time + .seconds(1))] }
        #expect(world.cycle.delayed.seriesCount == 1)
        #expect(world.cycle.delayed.refused == [.graph: 2])
        let left = world.cycle.series.select([
            LabelMatcher(name: "__name__", .equal("ges_graph_memory_used_ratio"))
        ])
        #expect(left.map { world.cycle.series.labels(of: $0)["graph_id"] } == ["g"])
    }

    @Test("of a graph that an incomplete listing lacks stay")
    func incomplete() throws {
        var world = try Self.world()
        let time = world.now
        world.step { $0.delayed = [Self.sample(0.5, of: "h", at: time)] }
        world.unlisted = ["h"]
        world.step()
        #expect(world.cycle.delayed.seriesCount == 1)
    }

    @Test("are refused if they are old, ahead, or out of order, and counted")
    func refused() throws {
        var world = try Self.world()
        let now = world.now
        world.step { input in
            input.delayed = [
                Self.sample(0.5, at: now), Self.sample(0.5, at: now),
                Self.sample(0.6, at: now), Self.sample(0.4, at: now - .seconds(60)),
                Self.sample(0.5, of: "h", at: now - .seconds(86_400)),
                Self.sample(0.5, of: "h", at: now + .seconds(86_400)),
                Self.sample(0.5, of: "h", at: .distantFuture),
                Self.sample(0.5, of: "h", at: .distantPast),
            ]
        }
        #expect(world.cycle.delayed.refused == [.order: 2, .old: 2, .future: 2])
        #expect(world.cycle.delayed.values(of: .memoryUsed, at: world.now) == ["g": 0.5])
    }

    @Test("have at most half of the series")
    func limit() {
        var store = SeriesStore(retention: .seconds(3600), maximumSeries: 10)
        var samples = DelayedSamples()
        let now = Timestamp(seconds: 10_000)
        let all = (0..<20).map { Self.sample(1, of: "g\($0)", at: now) }
        samples.append(all, to: &store, at: now) { _ in true }
        #expect(samples.seriesCount == 5)
        #expect(store.seriesCount == 5)
        #expect(samples.refused == [.series: 15])
        #expect(store.droppedSeriesTotal == 0, "the other series have room")
        samples.keep(in: &store) { $0 == "g0" }
        samples.append(all, to: &store, at: now) { _ in true }
        #expect(samples.seriesCount == 5, "room is given back")
        store.prune(before: now + .seconds(1))
        samples.prune(before: now + .seconds(1))
        #expect(samples.seriesCount == 0)
    }

    @Test("are forgotten when Cloud Eye is not configured any more, and when the clock is set")
    func forgotten() throws {
        var world = try Self.world()
        let time = world.now
        world.step { $0.delayed = [Self.sample(0.5, at: time)] }
        world.setClock(by: .seconds(7_200))
        world.step()
        #expect(world.cycle.delayed.seriesCount == 0)
        let later = world.now
        world.step { $0.delayed = [Self.sample(0.5, at: later)] }
        #expect(world.cycle.delayed.seriesCount == 1)
        var settings = world.cycle.settings
        settings.readsCloudEye = false
        world.step { $0.settings = settings }
        #expect(world.cycle.delayed.seriesCount == 0)
        world.step { $0.delayed = [Self.sample(0.5, at: later)] }
        #expect(world.cycle.delayed.seriesCount == 0)
    }

    /// Whatever Cloud Eye says, the graph that answers is not restarted.
    @Test("never lead to a restart by themselves")
    func restraint() throws {
        let rules = HangFixture.rules.replacing(
            "max by (graph_id) (ges_graph_probe_success) == 0",
            with: "ges_graph_memory_used_ratio > 0.9"
        )
        try #require(rules != HangFixture.rules, "the rule of the fixture has another form")
        var world = try Self.world(rules: rules)
        for _ in 0..<120 {
            let time = world.now
            world.step { input in
                input.delayed = ["g", "h"].map { Self.sample(0.99, of: $0, at: time) }
            }
        }
        #expect(!world.cycle.rules.activeAlerts.isEmpty, "the rule fires")
        #expect(world.posts.isEmpty)
    }
}
