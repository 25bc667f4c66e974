import Cycle
import Series
import Testing
import Time

@testable import Agent

/// What a rule sees of a graph from before the start.
@Suite("Series of a graph from before the start")
struct EarlierGraphTests {
    private func series(
        _ metric: String,
        _ graph: String,
        at seconds: [Int64] = [0]
    ) -> EarlierSamples.Series {
        let chunks = seconds.map {
            SealedChunk([Sample(timestamp: Timestamp(milliseconds: $0 * 1000), value: 1)])
        }
        let labels = Labels([("__name__", metric), ("graph_id", graph)])
        return EarlierSamples.Series(labels: labels, chunks: chunks)
    }

    private func names(_ all: [EarlierSamples.Series]) -> Set<String> {
        Set(all.map { $0.labels["graph_id"] + "/" + $0.labels.metricName })
    }

    @Test("come together, those of the fleet first", arguments: 1...12)
    func together(count: Int) {
        let graphs = ["", "a", "b", "c"]
        let all = ["x", "y", "z"].flatMap { metric in graphs.map { series(metric, $0) } }
        var waiting = all.inOrder(without: [], from: .distantPast)
        var taken: [[EarlierSamples.Series]] = []
        while !waiting.isEmpty { taken.append(waiting.takeGraphs(ofSeries: count)) }
        #expect(taken.allSatisfy { !$0.isEmpty && $0.count % 3 == 0 })
        #expect(taken.first?.contains { $0.labels["graph_id"].isEmpty } == true)
        for graph in graphs {
            let steps = taken.filter { $0.contains { $0.labels["graph_id"] == graph } }
            #expect(steps.count == 1, "\(graph) comes in one step")
        }
        #expect(names(taken.flatMap(\.self)) == names(all))
        #expect(waiting.takeGraphs(ofSeries: count).isEmpty)
    }

    @Test("are left out as a whole if one of them is disputed, and begin at the same time")
    func whole() {
        let all = [
            series("x", "a"), series("y", "a"), series("x", "b", at: [0, 50, 100]),
            series("y", "b", at: [10]), series("x", ""),
        ]
        #expect(names(all.inOrder(without: ["a"], from: .distantPast)) == ["b/x", "b/y", "/x"])
        #expect(names(all.inOrder(without: [""], from: .distantPast)).count == 4)
        let later = all.inOrder(without: [], from: Timestamp(milliseconds: 50_000))
        #expect(names(later) == ["b/x"])
        #expect(later.first?.chunks.count == 2)
        #expect([].inOrder(without: [], from: .distantPast).isEmpty)
    }
}
