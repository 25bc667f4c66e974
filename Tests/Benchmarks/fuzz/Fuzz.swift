import Foundation
import Threads
import Workbench

/// Tries many inputs, most of them damaged, on everything that reads text from outside, and checks
/// properties of each: no crash, no hang, no more time and memory than the size of the input
/// warrants, short messages, and what `Targets` says of each format.
///
/// An input follows from target, seed and number alone, so `--target`, `--seed` and `--first` with
/// `--inputs=1` repeat it.
@main
enum Fuzz {
    private static let usage: [(name: String, meaning: String)] = [
        ("inputs", "N      how many for each target, 20000; slow targets get a part"),
        ("seconds", "T     instead, how long all of it may take, such as 90s or 30m"),
        ("seed", "N        of the inputs, 1"), ("first", "N       number of the first, 1"),
        ("target", "NAME   one target instead of all"),
        ("jobs", "N        targets at the same time, one for each core"),
        ("corpora", "PATH  folders of seeds, Tests/Benchmarks/fuzz/Corpora"),
    ]

    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard [Worker.argument, Worker.repetition].contains(arguments.first) else {
            await benchmark(usage, run)
        }
        do {
            try await Worker.main(arguments)
        } catch {
            say("\(error)")
            exit(2)
        }
    }

    private static func run(_ options: Options) async throws -> Verdict {
        let name = options.text("target", "")
        let targets = name.isEmpty ? Targets.all : [try Targets.named(name)]
        let jobs = min(targets.count, try options.number("jobs", ThreadPool.spareCores + 1))
        let seconds = try options.text("seconds", "").isEmpty ? nil : options.seconds("seconds", 1)
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "fuzz-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let plan = Supervisor.Plan(
            corpora: options.text("corpora", "Tests/Benchmarks/fuzz/Corpora"),
            seed: try options.number("seed", 1),
            first: try options.number("first", 1),
            inputs: try options.number("inputs", seconds == nil ? 20_000 : 1_000_000_000),
            seconds: seconds.map { $0 * Double(jobs) / Double(targets.count) },
            folder: folder
        )
        try limitStack()
        return try await run(targets, plan, jobs: jobs) ? .good : .wrong
    }

    /// Of the threads of the workers: the C library takes it from this limit.
    private static func limitStack() throws {
        var limit = rlimit()
        unsafe getrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &limit)
        limit.rlim_cur = rlim_t(Supervisor.stackBytes)
        guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &limit) == 0 else {
            throw BenchError("cannot limit the stack")
        }
    }

    /// - Returns: whether no property is broken.
    private static func run(
        _ targets: [Target],
        _ plan: Supervisor.Plan,
        jobs: Int
    ) async throws -> Bool {
        say(
            "target".left(16) + "inputs".right(10) + "accepted".right(10) + "CPU s".right(9)
                + "slowest ms".right(12) + "of limit".right(10) + "peak MB".right(9)
        )
        // The slow ones first, so that they do not run alone at the end.
        var waiting = targets.sorted { $0.rarity > $1.rarity }[...]
        var isGood = true
        try await withThrowingTaskGroup(of: (Target, Tally, [Failure]).self) { tasks in
            func start() {
                guard let target = waiting.popFirst() else { return }
                tasks.addTask {
                    let (tally, failures) = try await Supervisor(target: target, plan: plan).run()
                    return (target, tally, failures)
                }
            }
            for _ in 0..<jobs { start() }
            while let (target, tally, failures) = try await tasks.next() {
                say(row(target, tally))
                for failure in failures {
                    isGood = false
                    say("FAIL " + failure.text(target: target.name, seed: plan.seed))
                }
                start()
            }
        }
        return isGood
    }

    private static func row(_ target: Target, _ tally: Tally) -> String {
        target.name.left(16) + "\(tally.inputs)".right(10) + "\(tally.accepted)".right(10)
            + tally.seconds.text(1).right(9) + (tally.slowest * 1000).text(1).right(12)
            + ((tally.load * 100).text(0) + "%").right(10) + tally.megabytes.text(0).right(9)
    }
}
