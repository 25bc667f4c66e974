import Foundation
import Threads
import Workbench

/// The process that tries inputs. It may crash, so it notes each of them first.
struct Worker: Codable {
    let target: String
    let corpora: String
    /// A file that is the only seed; nil for those of the corpus.
    let file: String?
    /// Where libFuzzer keeps the inputs that reach new code.
    let found: String?
    let note: String
    let seed: Int
    let first: Int
    let inputs: Int
    /// Ends earlier after so long; nil without a limit.
    let seconds: Double?
    /// The failures of a property that are reduced and reported. Later ones are only counted.
    let failuresMaximum: Int

    /// The first argument of a worker; the second is its description as JSON.
    enum Role: String {
        /// Tries mutations of the seeds.
        case worker
        /// Tries nothing but the noted input, to see whether it crashes again.
        case repetition
        /// Tries what libFuzzer makes.
        case guided
    }

    static func main(_ role: Role, _ description: String) async throws {
        let worker = try JSONDecoder().decode(Worker.self, from: Data(description.utf8))
        // Not on the main thread, whose stack is larger.
        let pool = ThreadPool(name: "fuzz", count: 1)
        try await withTaskExecutorPreference(pool) {
            switch role {
            case .worker: try await worker.run()
            case .repetition: try await worker.repeat()
            case .guided: try await worker.runGuided()
            }
        }
    }

    private func run() async throws {
        let target = try Targets.named(target)
        let inputs = Inputs(
            target: target,
            corpus: try file.map(Corpus.init(file:)) ?? Corpus(of: self.target, in: corpora),
            seed: UInt64(seed)
        )
        var attempts = try await Attempts(of: self, on: target)
        let end = seconds.map { ContinuousClock.now + .seconds($0) }
        for number in first..<(first + self.inputs) {
            if let end, ContinuousClock.now > end { break }
            _ = try await attempts.run(inputs.input(number), number: number)
        }
        try WorkerReport.tally(attempts.trial.tally).write()
    }

    private func `repeat`() async throws {
        guard let noted = InputNote.read(note) else { throw BenchError("no input in \(note)") }
        alarm(Attempts.hangSeconds)
        var trial = try await Trial(try Targets.named(target))
        _ = await trial.run(noted.input)
    }
}
