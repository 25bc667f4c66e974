import Agent
import ArgumentParser

/// The value of `--shard`.
struct ShardArgument: ExpressibleByArgument {
    let shard: Shard

    init?(argument: String) {
        guard let shard = Shard(argument) else { return nil }
        self.shard = shard
    }

    var defaultValueDescription: String { "\(shard)" }
}
