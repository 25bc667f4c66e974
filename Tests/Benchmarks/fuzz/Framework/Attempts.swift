import Foundation

/// Tries inputs of a worker: notes each of them first, and reports those that fail.
struct Attempts: ~Copyable {
    /// SIGALRM ends this process if an input takes so long, by the wall clock.
    static let hangSeconds: UInt32 = 60

    private let note: InputNote
    private let failuresMaximum: Int
    private(set) var trial: Trial
    private var counts: [String: Int] = [:]

    init(of worker: Worker, on target: Target) async throws {
        let trial = try await Trial(target)
        let note = try InputNote(file: worker.note, maximumBytes: target.limits.inputBytes)
        self.init(note: note, failuresMaximum: worker.failuresMaximum, trial: trial)
    }

    private init(note: consuming InputNote, failuresMaximum: Int, trial: Trial) {
        self.note = note
        self.failuresMaximum = failuresMaximum
        self.trial = trial
    }

    /// - Returns: whether every property holds.
    mutating func run(_ input: [UInt8], number: Int) async throws -> Bool {
        note.write(input, number: number)
        alarm(Self.hangSeconds)
        guard let broken = await trial.run(input) else { return true }
        counts[broken.property, default: 0] += 1
        if counts[broken.property, default: 0] <= failuresMaximum {
            let failure = Failure(
                number: number,
                input: await reduced(input, broken),
                property: broken.property,
                detail: broken.detail
            )
            try WorkerReport.failure(failure).write()
        }
        return false
    }

    private func reduced(_ input: [UInt8], _ broken: Broken) async -> [UInt8] {
        var reduction = Reduction()
        let end = ContinuousClock.now + .seconds(5)
        let trial = trial
        return await reduction.reduce(input) {
            alarm(Self.hangSeconds)
            guard ContinuousClock.now < end else { return false }
            return await trial.fails($0, like: broken)
        }
    }
}
