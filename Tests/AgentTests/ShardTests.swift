import Testing

@testable import Agent

@Suite("A part of the fleet")
struct ShardTests {
    private let graphs = (0..<3_000).map { "218e63a4-580f-4ffc-b224-\($0)" }

    @Test("has each graph in exactly one of the parts, about equally many in each")
    func partition() throws {
        let shards = try (1...3).map { try #require(Shard("\($0)/3")) }
        for graph in graphs {
            #expect(shards.count { $0.contains(graph) } == 1, "\(graph)")
        }
        for shard in shards {
            let count = graphs.count { shard.contains($0) }
            #expect((800...1_200).contains(count), "\(shard): \(count)")
        }
    }

    @Test("moves only the graphs of the new part when there is one more")
    func growth() throws {
        for number in 1...3 {
            let (old, new) = (
                try #require(Shard("\(number)/3")), try #require(Shard("\(number)/4"))
            )
            let gained = graphs.count { new.contains($0) && !old.contains($0) }
            #expect(gained == 0)
        }
    }

    @Test(
        "is written as number and count",
        arguments: ["", "1", "0/3", "4/3", "1/0", "1/101", "a/b", "1/2/3"]
    )
    func wrong(text: String) {
        #expect(Shard(text) == nil)
    }
}
