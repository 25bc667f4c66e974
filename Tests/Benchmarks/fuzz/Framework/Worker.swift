import Foundation
import Threads
import Workbench

/// The process that tries inputs. It may crash, so it notes each of them first.
struct Worker: Codable {
    let target: String
    let corpora: String
    let note: String
    let seed: Int
    let first: Int
    let inputs: Int
    /// Ends earlier after so long; nil without a limit.
    let seconds: Double?
    /// The failures of a property that are reduced and reported. Later ones are only counted.
    let failuresMaximum: Int

    /// The first argument of a worker; the second is its description as JSON.
    static let argument = "worker"
    /// One that tries nothing but the noted input, to see whether it crashes again.
    static let repetition = "repetition"

    /// SIGALRM ends this process if an input takes so long, by the wall clock.
    private static let hangSeconds: UInt32 = 60

    static func main(_ arguments: [String]) async throws {
        let worker = try JSONDecoder().decode(Worker.self, from: Data(arguments[1].utf8))
        // Not on the main thread, whose stack is larger.
        let pool = ThreadPool(name: "fuzz", count: 1)
        try await withTaskExecutorPreference(pool) {
            if arguments[0] == argument {
                try await worker.run()
            } else {
                try await worker.repeat()
            }
        }
    }

    private func run() async throws {
        let target = try Targets.named(target)
        let inputs = Inputs(
            target: target,
            corpus: try Corpus(of: self.target, in: corpora),
            seed: UInt64(seed)
        )
        let note = try InputNote(file: note, maximumBytes: target.limits.inputBytes)
        var trial = try await Trial(target)
        var counts: [String: Int] = [:]
        let end = seconds.map { ContinuousClock.now + .seconds($0) }
        for number in first..<(first + self.inputs) {
            if let end, ContinuousClock.now > end { break }
            let input = inputs.input(number)
            note.write(input, number: number)
            alarm(Self.hangSeconds)
            guard let broken = await trial.run(input) else { continue }
            counts[broken.property, default: 0] += 1
            guard counts[broken.property, default: 0] <= failuresMaximum else { continue }
            try await report(input, number, broken, trial)
        }
        try report(.tally(trial.tally))
    }

    private func report(
        _ input: [UInt8],
        _ number: Int,
        _ broken: Broken,
        _ trial: Trial
    ) async throws {
        var reduction = Reduction()
        let end = ContinuousClock.now + .seconds(5)
        let reduced = await reduction.reduce(input) {
            alarm(Self.hangSeconds)
            guard ContinuousClock.now < end else { return false }
            return await trial.fails($0, like: broken)
        }
        try report(
            .failure(
                Failure(
                    number: number,
                    input: reduced,
                    property: broken.property,
                    detail: broken.detail
                )
            )
        )
    }

    private func report(_ report: WorkerReport) throws {
        try FileHandle.standardOutput.write(contentsOf: JSONEncoder().encode(report) + [0x0A])
    }

    private func `repeat`() async throws {
        guard let noted = InputNote.read(note) else { throw BenchError("no input in \(note)") }
        alarm(Self.hangSeconds)
        var trial = try await Trial(try Targets.named(target))
        _ = await trial.run(noted.input)
    }
}
