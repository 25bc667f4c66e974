import Series
import Testing

@testable import Cycle
import CycleFixtures
import PromQL
import Remediation
import Time
import TimeIntervals

private let freshness = Duration.seconds(100)

private func readings(
    _ seconds: Double,
    _ graphs: [(String, String)]?,
    isComplete: Bool = true,
    probes: [String: ProbeOutcome] = [:]
) -> Readings {
    let listed = graphs.map { graphs in
        Readings.Listing(
            graphs: graphs.map { ReadingsFixture.graph($0, name: "n" + $0, status: $1) },
            isComplete: isComplete
        )
    }
    let failure = ReadingFailure(reason: "parse", text: "not JSON")
    return Readings(
        at: Timestamp(seconds: seconds),
        listing: listed.map { .success($0) } ?? .failure(failure),
        jobs: .success([]),
        graphs: probes.sorted { $0.key < $1.key }.map { id, outcome in
            GraphReading(
                graphID: id,
                probes: [GraphReading.Probe(kind: "version", outcome: outcome)]
            )
        }
    )
}

private func answered() -> ProbeOutcome { ReadingsFixture.answered }

@Suite("The inventory")
struct InventoryTests {
    @Test("a graph that still has the status of the previous run has had it since then")
    func rememberedStatuses() {
        var inventory = Inventory(
            remembered: [
                StatusMoment(graphID: "same", code: "202", since: Timestamp(seconds: 10)),
                StatusMoment(graphID: "other", code: "202", since: Timestamp(seconds: 10)),
                StatusMoment(graphID: "gone", code: "200", since: Timestamp(seconds: 10)),
                StatusMoment(graphID: "future", code: "200", since: Timestamp(seconds: 500)),
            ],
            at: Timestamp(seconds: 90)
        )
        #expect(inventory.statusChanges.saved.isEmpty)
        #expect(inventory.statusChanges.removed.isEmpty)
        let listing = [("same", "202"), ("other", "200"), ("future", "200"), ("new", "200")]
        inventory.merge(readings(100, listing), freshness: freshness)
        let since = Dictionary(
            uniqueKeysWithValues: inventory.sorted.map { ($0.graph.id, $0.statusSince.seconds) }
        )
        #expect(since == ["same": 10, "other": 100, "future": 100, "new": 100])
        #expect(inventory.statusChanges.removed == ["gone"])
        #expect(inventory.statusChanges.saved.map(\.graphID) == ["future", "new", "other"])
        inventory.statusesWereWritten()
        inventory.merge(readings(130, listing), freshness: freshness)
        #expect(inventory.statusChanges.saved.isEmpty)
        #expect(inventory.statusChanges.removed.isEmpty)
        // Once listed, the status counts from the change, also if it is the old one again.
        inventory.merge(readings(160, [("same", "200")]), freshness: freshness)
        inventory.merge(readings(190, [("same", "202")]), freshness: freshness)
        #expect(inventory.entries["same"]?.statusSince == Timestamp(seconds: 190))
        #expect(
            inventory.statusChanges.saved == [
                StatusMoment(graphID: "same", code: "202", since: Timestamp(seconds: 190))
            ]
        )
        #expect(Set(inventory.statusChanges.removed) == ["other", "future", "new"])
    }

    @Test("shifts the moments of the previous run, too, when the wall clock is set")
    func rememberedMoments() {
        var inventory = Inventory(
            remembered: [StatusMoment(graphID: "a", code: "200", since: Timestamp(seconds: 10))],
            at: Timestamp(seconds: 90)
        )
        inventory.reset(after: .seconds(1000))
        inventory.merge(readings(1100, [("a", "200")]), freshness: freshness)
        #expect(inventory.entries["a"]?.statusSince == Timestamp(seconds: 1010))
        inventory.statusesWereWritten()
        inventory.reset(after: .seconds(-500))
        #expect(inventory.statusChanges.saved.map(\.since) == [Timestamp(seconds: 510)])
    }

    @Test("has at most so many graphs, and keeps those that it knows")
    func maximumGraphs() {
        var inventory = Inventory()
        inventory.merge(readings(0, [("z", "200")]), freshness: freshness)
        let many = (0...Inventory.maximumGraphs).map { ("g\($0)", "200") } + [("z", "202")]
        inventory.merge(readings(30, many), freshness: freshness)
        #expect(inventory.entries.count == Inventory.maximumGraphs)
        #expect(inventory.entries["z"]?.graph.status.code == "202")
    }

    @Test("forgets on disk, too, when it starts over")
    func startOver() {
        var inventory = Inventory(
            remembered: [StatusMoment(graphID: "r", code: "200", since: Timestamp(seconds: 1))],
            at: Timestamp(seconds: 0)
        )
        inventory.merge(readings(1, [("a", "200")], isComplete: false), freshness: freshness)
        inventory.statusesWereWritten()
        inventory.startOver()
        #expect(inventory.entries.isEmpty)
        #expect(Set(inventory.statusChanges.removed) == ["a", "r"])
    }

    @Test("records since when a graph has its current status")
    func statusSince() {
        var inventory = Inventory()
        inventory.merge(readings(0, [("a", "200")]), freshness: freshness)
        inventory.merge(readings(30, [("a", "200")]), freshness: freshness)
        #expect(inventory.entries["a"]?.statusSince == Timestamp(seconds: 0))
        inventory.merge(readings(60, [("a", "901")]), freshness: freshness)
        #expect(inventory.entries["a"]?.statusSince == Timestamp(seconds: 60))
        #expect(inventory.entries["a"]?.observedAt == Timestamp(seconds: 60))
    }

    @Test("forgets a graph only when a complete listing lacks it")
    func removal() {
        var inventory = Inventory()
        inventory.merge(readings(0, [("a", "200"), ("b", "200")]), freshness: freshness)
        inventory.merge(readings(30, [("a", "200")], isComplete: false), freshness: freshness)
        #expect(inventory.entries.keys.sorted() == ["a", "b"])
        inventory.merge(readings(60, nil), freshness: freshness)
        #expect(inventory.entries.keys.sorted() == ["a", "b"])
        #expect(inventory.entries["b"]?.observedAt == Timestamp(seconds: 0))
        inventory.merge(readings(90, [("a", "200")]), freshness: freshness)
        #expect(inventory.entries.keys.sorted() == ["a"])
    }

    @Test("counts a gap longer than the freshness as blindness")
    func blindness() {
        var inventory = Inventory()
        inventory.merge(readings(0, nil), freshness: freshness)
        #expect(inventory.sightSince == nil)
        inventory.merge(readings(30, [("a", "200")]), freshness: freshness)
        inventory.merge(readings(60, nil), freshness: freshness)
        inventory.merge(readings(90, [("a", "200")]), freshness: freshness)
        #expect(inventory.sightSince == Timestamp(seconds: 30))
        inventory.merge(readings(191, nil), freshness: freshness)
        #expect(inventory.sightSince == nil)
        inventory.merge(readings(220, [("a", "200")]), freshness: freshness)
        #expect(inventory.sightSince == Timestamp(seconds: 220))
    }

    @Test("treats a graph that cannot be probed as unknown, not as down")
    func unknown() {
        var inventory = Inventory()
        let notProbed = ReadingsFixture.notProbed("auth")
        inventory.merge(
            readings(0, [("a", "200")], probes: ["a": notProbed]),
            freshness: freshness
        )
        #expect(inventory.entries["a"]?.answered == nil)
        let refused = ReadingsFixture.refused
        inventory.merge(readings(1, [("a", "200")], probes: ["a": refused]), freshness: freshness)
        #expect(inventory.entries["a"]?.answered == false)
        inventory.merge(
            readings(2, [("a", "200")], probes: ["a": answered()]),
            freshness: freshness
        )
        #expect(inventory.entries["a"]?.answered == true)
    }

    @Test("shows no job of an earlier poll if the jobs cannot be listed")
    func staleJobs() {
        var inventory = Inventory()
        let job = RunningJob(
            id: "j",
            name: "",
            graphName: "na",
            beganAt: Timestamp(milliseconds: 1000)
        )
        var first = readings(5, [("a", "202")])
        first.jobs = .success([job])
        inventory.merge(first, freshness: freshness)
        #expect(inventory.entries["a"]?.jobs?.count == 1)
        var second = readings(35, [("a", "202")])
        second.jobs = .failure(ReadingFailure(reason: "parse", text: "not JSON"))
        inventory.merge(second, freshness: freshness)
        #expect(inventory.entries["a"]?.jobs == nil)
        let samples = GraphSamples.all(
            inventory,
            projectID: "p",
            at: Timestamp(seconds: 35)
        )
        let metrics = samples.map(\.metric)
        #expect(metrics.contains(.statusCode))
        #expect(!metrics.contains(.jobsRunning) && !metrics.contains(.oldestJobStart))
    }

    @Test("restarts its observation after the clock was set")
    func clockWasSet() {
        var inventory = Inventory()
        inventory.merge(readings(0, [("a", "200")]), freshness: freshness)
        inventory.merge(readings(10, [("a", "202")]), freshness: freshness)
        inventory.reset(after: .seconds(3600))
        #expect(inventory.sightSince == nil)
        #expect(inventory.entries["a"]?.statusSince == Timestamp(seconds: 3610))
        inventory.merge(readings(3630, [("a", "202")]), freshness: freshness)
        #expect(inventory.sightSince == Timestamp(seconds: 3630))
        #expect(inventory.entries["a"]?.statusSince == Timestamp(seconds: 3610))
    }
}

@Suite("The samples of a poll")
struct GraphSamplesTests {
    private func values(_ inventory: Inventory, at seconds: Double) -> [String: Double] {
        let samples = GraphSamples.all(
            inventory,
            projectID: "p",
            at: Timestamp(seconds: seconds)
        )
        return Dictionary(
            samples.map {
                ($0.metric.rawValue + "|" + $0.labelValues.joined(separator: ","), $0.value)
            },
            uniquingKeysWith: { first, _ in first }
        )
    }

    @Test("report what was observed")
    func seen() {
        var inventory = Inventory()
        inventory.merge(
            readings(5, [("a", "200"), ("b", "777")], probes: ["a": answered()]),
            freshness: freshness
        )
        let values = values(inventory, at: 5)
        #expect(values["ges_up|p"] == 1)
        #expect(values["ges_graphs|p,running"] == 1)
        #expect(values["ges_graphs|p,unknown"] == 1)
        #expect(values["ges_graph_status_code|b"] == 777)
        #expect(values["ges_graph_probe_success|a,version"] == 1)
        #expect(values["ges_graph_probe_success|b,version"] == nil)
        #expect(values["ges_graph_last_sample_timestamp_seconds|a"] == 5)
    }

    @Test("report of graphs only the time of their newest sample if the listing failed")
    func failed() {
        var inventory = Inventory()
        inventory.merge(readings(5, [("a", "200")]), freshness: freshness)
        inventory.merge(readings(35, nil), freshness: freshness)
        #expect(
            values(inventory, at: 35) == [
                "ges_up|p": 0, "ges_graph_last_sample_timestamp_seconds|a": 5,
            ]
        )
    }

    @Test("repeat the state of a graph that incomplete listings lack for an hour, and no counts")
    func incomplete() {
        var inventory = Inventory()
        inventory.merge(readings(5, [("a", "200"), ("b", "200")]), freshness: freshness)
        func merge(at seconds: Double) -> [String: Double] {
            let partial = readings(seconds, [("b", "202")], isComplete: false)
            inventory.merge(partial, freshness: freshness)
            return self.values(inventory, at: seconds)
        }
        let values = merge(at: 35)
        #expect(values["ges_up|p"] == 0)
        #expect(!values.keys.contains { $0.hasPrefix("ges_graphs|") })
        #expect(values["ges_graph_last_sample_timestamp_seconds|a"] == 5)
        #expect(values["ges_graph_last_sample_timestamp_seconds|b"] == 35)
        #expect(values["ges_graph_status_code|a"] == 200)
        #expect(values["ges_graph_status_code|b"] == 202)
        #expect(merge(at: 3605)["ges_graph_status_code|a"] == 200)
        let late = merge(at: 3606)
        #expect(late["ges_graph_status_code|a"] == nil)
        #expect(late["ges_graph_last_sample_timestamp_seconds|a"] == 5)
        #expect(late["ges_graph_status_code|b"] == 202)
    }

    @Test(
        "report the longest running query only if its duration is known",
        arguments: [nil, 0, 31.5] as [Double?]
    )
    func longestRunningQuery(seconds: Double?) {
        var readings = readings(5, [("a", "200")], probes: ["a": answered()])
        readings.graphs[0].queries = GraphReading.Queries(
            readRunning: 1,
            longestRunningSeconds: seconds
        )
        var inventory = Inventory()
        inventory.merge(readings, freshness: freshness)
        let values = values(inventory, at: 5)
        #expect(values["ges_graph_query_running_max_seconds|a"] == seconds)
        #expect(values["ges_graph_queries_running|a,read"] == 1)
    }

    @Test("report only the tags by which the configuration selects graphs")
    func tags() throws {
        var readings = readings(5, [("a", "200"), ("b", "200")])
        var listing = try readings.listing.get()
        listing.graphs[0].tags = ["env": "prod", "owner": "somebody", "team": ""]
        readings.listing = .success(listing)
        var inventory = Inventory()
        inventory.merge(readings, freshness: freshness)
        var settings = ReadingsFixture.settings(ruleFiles: [], graphs: [])
        var match = GraphMatch()
        match.tags["env"] = try LabelValuePattern("p.*")
        settings.graphs = [GraphEntry(match: match, policy: Policy())]
        match.tags = ["team": try LabelValuePattern("")]
        settings.maintenance = [
            MaintenanceWindow(name: "m", scope: match, calendar: CalendarIntervals([]))
        ]
        let samples = GraphSamples.all(
            inventory,
            projectID: "p",
            at: Timestamp(seconds: 5),
            tags: settings.selectingTags
        )
        let tags = samples.filter { $0.metric == .tagInfo }.map(\.labelValues)
        #expect(tags == [["a", "env", "prod"], ["a", "team", ""]])
    }

    @Test("have one value for each label name", arguments: GraphMetric.allCases)
    func labels(metric: GraphMetric) {
        var inventory = Inventory()
        inventory.merge(
            readings(5, [("a", "200")], probes: ["a": answered()]),
            freshness: freshness
        )
        for sample in GraphSamples.all(
            inventory,
            projectID: "p",
            at: Timestamp(seconds: 5)
        )
        where sample.metric == metric {
            #expect(sample.labelValues.count == metric.labelNames.count)
        }
    }
}
