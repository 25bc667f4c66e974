import CycleFixtures
import Remediation
import Rules
import Series
import Testing
import Time

@testable import Cycle

@Suite("Samples from before the start that come in after it")
struct EarlierSampleTests {
    private static let rules = """
        groups:
          - name: hang
            rules:
              - alert: GraphHung
                expr: avg_over_time(ges_graph_probe_success[10m]) < 0.5
                for: 1m
                labels: {remediate: restart}
              - alert: Rare
                expr: count_over_time(ges_graph_probe_success[30m]) < 20
              - alert: Blind
                expr: max_over_time(ges_up[10m]) == 0
        """

    /// A world in which `g` does not answer, and what its agent had read until it ended.
    private func world() throws -> (world: ScriptedWorld, earlier: EarlierSamples) {
        var world = try ScriptedWorld(["g", "h"], rules: Self.rules) { settings in
            settings.graphs[0].policy.startupGrace = .seconds(86_400)
            settings.defaultPolicy.startupGrace = .seconds(86_400)
        }
        world.pass(.seconds(120))
        world.graphs["g"]?.answers = false
        world.pass(.seconds(2400))
        world.cycle.noteSealedChunks()
        let isOfUse = world.cycle.restorableSeries()
        let chunks = world.cycle.takeAllChunks().filter { isOfUse($0.labels) }
        let series = Dictionary(grouping: chunks, by: \.labels).map { labels, chunks in
            EarlierSamples.Series(labels: labels, chunks: chunks.map(\.chunk))
        }
        #expect(series.count >= 3)
        return (world, EarlierSamples(series, epoch: 0))
    }

    /// Those that rules write are of alerts, which know more or less of before when they come.
    private func samples(_ world: ScriptedWorld) -> [Labels: [Sample]] {
        let store = world.cycle.series
        return Dictionary(
            uniqueKeysWithValues: store.select([]).filter { reference in
                !store.labels(of: reference).metricName.hasPrefix("ALERTS")
            }.map { reference in
                (
                    store.labels(of: reference),
                    store.rawSamples(
                        of: reference,
                        after: .distantPast,
                        through: .distantFuture
                    )
                )
            }
        )
    }

    @Test(
        "are in the windows as if they had been there from the first poll on",
        arguments: [1, 4, 30]
    )
    func late(polls: Int) throws {
        var (early, _) = try world()
        early.restartAgent(after: .seconds(60), keepsSamples: true)
        var (late, earlier) = try world()
        late.restartAgent(after: .seconds(60))
        for _ in 0..<polls {
            early.step()
            late.step()
        }
        early.step()
        late.step { $0.earlier = earlier }
        #expect(samples(late) == samples(early))
        for _ in 0..<10 {
            early.step()
            late.step()
        }
        #expect(samples(late) == samples(early))
        #expect(late.cycle.restored.seriesCount == early.cycle.restored.seriesCount)
        #expect(late.cycle.rules.restoredThrough == early.cycle.rules.restoredThrough)
        func active(_ world: ScriptedWorld) -> [String] {
            world.cycle.rules.activeAlerts.filter { $0.state.name == "firing" }.map(\.ruleName)
                .filter { $0 != "Rare" }.sorted()
        }
        #expect(active(late) == active(early) && active(late) == ["GraphHung"])
        #expect(late.posts == early.posts)
    }

    @Test("come before series that end in the same poll, and these end all the same")
    func ending() throws {
        var (early, _) = try world()
        early.restartAgent(after: .seconds(60), keepsSamples: true)
        var (late, earlier) = try world()
        late.restartAgent(after: .seconds(60))
        func labels(_ id: String) -> Labels {
            ["__name__": "ges_graph_probe_success", "graph_id": id, "probe": "version"]
        }
        for index in 0..<6 {
            if index == 2 {
                early.graphs["h"]?.status = "920"
                late.graphs["h"]?.status = "920"
            }
            if index == 4 {
                early.graphs["h"]?.status = "200"
                late.graphs["h"]?.status = "200"
            }
            early.step()
            late.step { if index == 2 { $0.earlier = earlier } }
            guard index >= 2 else { continue }
            #expect(samples(late) == samples(early), "step \(index)")
            let last = try #require(samples(late)[labels("h")]?.last)
            #expect(Staleness.isMarker(last.value) == (index < 4), "step \(index)")
            #expect(samples(late)[labels("g")]?.last?.timestamp == late.now, "step \(index)")
        }
    }

    /// What somebody else says of the time before the start: that no graph answered.
    private func lies(_ earlier: EarlierSamples) -> EarlierSamples {
        let lies = earlier.series.filter { $0.labels.metricName != "ges_up" }.map { series in
            EarlierSamples.Series(
                labels: series.labels,
                chunks: series.chunks.map { chunk in
                    SealedChunk(
                        chunk.samples.map { Sample(timestamp: $0.timestamp, value: 0) }
                    )
                }
            )
        }
        return EarlierSamples(lies, epoch: 0)
    }

    @Test("bring no further restart, and none of a graph that answers", arguments: [true, false])
    func wrong(answers: Bool) throws {
        func outcome(with earlier: Bool) throws -> ScriptedWorld {
            var (world, samples) = try self.world()
            world.cycle.settings.graphs[0].policy.startupGrace = .zero
            world.cycle.settings.defaultPolicy.startupGrace = .zero
            world.graphs["g"]?.answers = true
            world.restartAgent(after: .seconds(60))
            world.pass(.seconds(60))
            world.graphs["g"]?.answers = answers
            let lies = lies(samples)
            world.step { if earlier { $0.earlier = lies } }
            world.pass(.seconds(3600))
            return world
        }
        let (with, without) = (try outcome(with: true), try outcome(with: false))
        func posts(_ world: ScriptedWorld) -> [String] {
            world.transcript.filter { $0.contains("POST") }
        }
        #expect(posts(without).isEmpty == answers)
        if answers {
            #expect(posts(with).isEmpty)
        } else {
            // The lies bring the alert nearer, and what the agent must see itself takes its time.
            #expect(posts(with).count == posts(without).count)
        }
        #expect(!with.posts.contains("h"))
    }

    @Test("are in no window while the graphs cannot be listed, and come in with them")
    func nothingRead() throws {
        var (with, earlier) = try world()
        var (without, _) = try world()
        with.restartAgent(after: .seconds(60))
        without.restartAgent(after: .seconds(60))
        let failure = ReadingFailure(reason: "timeout", text: "no answer")
        (with.listingFailure, without.listingFailure) = (failure, failure)
        for index in 0..<40 {
            with.step {
                if index == 3 { $0.earlier = earlier }
                $0.readings?.graphs = []
            }
            without.step { $0.readings?.graphs = [] }
            #expect(samples(with) == samples(without), "step \(index)")
            let alerts = [with, without].map { $0.cycle.rules.activeAlerts.map(\.state) }
            #expect(alerts[0] == alerts[1], "step \(index)")
        }
        (with.listingFailure, without.listingFailure) = (nil, nil)
        with.step()
        without.step()
        let up = try #require(samples(with).first { $0.key.metricName == "ges_up" })
        #expect(up.value.count > (samples(without)[up.key]?.count ?? 0) + 40)
        #expect(zip(up.value, up.value.dropFirst()).allSatisfy { $0.timestamp < $1.timestamp })
    }

    @Test("are left out if the clock was set, or if no graph has them")
    func refused() throws {
        var (world, earlier) = try world()
        world.restartAgent(after: .seconds(60))
        world.step()
        world.setClock(by: .seconds(3_600))
        world.step()
        let before = samples(world)
        world.step(polls: false) { $0.earlier = earlier }
        #expect(world.cycle.restored.isEmpty && samples(world) == before)
        var (other, _) = try self.world()
        other.restartAgent(after: .seconds(60))
        other.step()
        let strange = earlier.series.map { series in
            EarlierSamples.Series(
                labels: Labels(series.labels.map { ($0.name, $0.value == "g" ? "x" : $0.value) }),
                chunks: series.chunks
            )
        }
        other.step { $0.earlier = EarlierSamples(strange, epoch: 0) }
        other.step()
        #expect(samples(other).keys.allSatisfy { $0["graph_id"] != "x" })
        #expect(other.cycle.restored.isEmpty)
        earlier.series = []
        other.step { $0.earlier = earlier }
    }
}
