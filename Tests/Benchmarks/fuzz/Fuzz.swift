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
        ("each", "T        instead, how long each target may take"),
        ("seed", "N        of the inputs, 1"), ("first", "N       number of the first, 1"),
        ("target", "NAME   one target instead of all"),
        ("file", "PATH     tries the input in a file alone; needs --target"),
        ("guided", "PATH   by coverage, with a folder for what is kept: see packaging/fuzz"),
        ("jobs", "N        targets at the same time, one for each core"),
        ("corpora", "PATH  folders of seeds, Tests/Benchmarks/fuzz/Corpora"),
    ]

    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count == 2, let role = Worker.Role(rawValue: arguments[0]) else {
            await benchmark(usage, run)
        }
        do {
            try await Worker.main(role, arguments[1])
        } catch {
            say("\(error)")
            exit(2)
        }
    }

    private static func run(_ options: Options) async throws -> Verdict {
        let targets = try targets(options)
        let jobs = min(targets.count, try options.number("jobs", ThreadPool.spareCores + 1))
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "fuzz-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let plan = try plan(options, share: Double(jobs) / Double(targets.count), folder)
        try limitStack()
        return try await run(targets, plan, jobs: jobs) ? .good : .wrong
    }

    private static func targets(_ options: Options) throws -> [Target] {
        let name = options.text("target", "")
        let isGuided = options.has("guided")
        guard !name.isEmpty else { return Targets.all.filter { !(isGuided && $0.startsProgram) } }
        let target = try Targets.named(name)
        guard !(isGuided && target.startsProgram) else {
            throw BenchError("target \(name) starts programs, whose coverage is not measured")
        }
        return [target]
    }

    /// - Parameter share: of the time of all, for each target.
    private static func plan(
        _ options: Options,
        share: Double,
        _ folder: URL
    ) throws -> Supervisor.Plan {
        var seconds: Double?
        if options.has("seconds") { seconds = try options.seconds("seconds", 1) * share }
        if options.has("each") { seconds = try options.seconds("each", 1) }
        let file = options.has("file") ? options.text("file", "") : nil
        guard file == nil || options.has("target") else {
            throw BenchError("--file needs --target")
        }
        let inputs = file != nil ? 1 : seconds != nil ? 1_000_000_000 : 20_000
        return Supervisor.Plan(
            corpora: options.text("corpora", "Tests/Benchmarks/fuzz/Corpora"),
            file: file,
            guided: options.has("guided") ? GuidedFolder(path: options.text("guided", "")) : nil,
            seed: try options.number("seed", 1),
            first: try options.number("first", 1),
            inputs: try options.number("inputs", inputs),
            seconds: seconds,
            folder: folder
        )
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
        say(header(plan))
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
                let coverage = try plan.guided?.coverage(of: target.name)
                say(row(target, tally, coverage))
                for failure in failures {
                    isGood = false
                    say("FAIL " + (try text(failure, target, plan)))
                }
                start()
            }
        }
        return isGood
    }

    private static func text(
        _ failure: Failure,
        _ target: Target,
        _ plan: Supervisor.Plan
    ) throws -> String {
        let place = "target \(target.name), "
        if let file = plan.file { return failure.text(place + "file \(file)") }
        guard let file = try plan.guided?.keep(failure, of: target.name) else {
            return failure.text(place + "seed \(plan.seed), input \(failure.number)")
        }
        return failure.text(place + "file \(file)")
            + "\n    \(CommandLine.arguments[0]) --target=\(target.name) --file=\(file)"
    }

    // MARK: Table

    private static func header(_ plan: Supervisor.Plan) -> String {
        let columns =
            "target".left(16) + "inputs".right(10) + "accepted".right(10) + "CPU s".right(9)
            + "slowest ms".right(12) + "of limit".right(10) + "peak MB".right(9)
        guard plan.guided != nil else { return columns }
        return columns + "first cov".right(11) + "cov".right(9) + "kept".right(7)
    }

    private static func row(_ target: Target, _ tally: Tally, _ coverage: Coverage?) -> String {
        let columns =
            target.name.left(16) + "\(tally.inputs)".right(10) + "\(tally.accepted)".right(10)
            + tally.seconds.text(1).right(9) + (tally.slowest * 1000).text(1).right(12)
            + ((tally.load * 100).text(0) + "%").right(10) + tally.megabytes.text(0).right(9)
        guard let coverage else { return columns }
        return columns + "\(coverage.first)".right(11) + "\(coverage.last)".right(9)
            + "\(coverage.inputs)".right(7)
    }
}
