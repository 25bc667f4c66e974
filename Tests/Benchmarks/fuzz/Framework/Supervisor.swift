import Foundation
import Workbench

/// Runs the workers of one target, and goes on after a crash with the next input.
struct Supervisor {
    let target: Target
    let plan: Plan

    /// What a run was asked for.
    struct Plan: Sendable {
        var corpora: String
        var seed: Int
        var first: Int
        var inputs: Int
        var seconds: Double?
        /// A folder for notes.
        var folder: URL
    }

    /// Workers get the stack of this many bytes for each thread, an eighth of the usual one: what
    /// recurses too deeply is found before it matters.
    static let stackBytes = 1 << 20

    private static let crashesMaximum = 5
    private static let failuresMaximum = 3

    private var note: String { plan.folder.appending(path: target.name).path }

    func run() async throws -> (tally: Tally, failures: [Failure]) {
        var (tally, failures) = (Tally(), [Failure]())
        let end = plan.seconds.map { ContinuousClock.now + .seconds($0) }
        var first = plan.first
        let last = plan.first + max(1, plan.inputs / target.rarity)
        while first < last, failures.count(where: \.isCrash) < Self.crashesMaximum {
            let seconds = end.map { ($0 - .now) / .seconds(1) }
            if let seconds, seconds <= 0 { break }
            let worker = worker(first: first, inputs: last - first, seconds: seconds)
            let ended = try Self.run(worker, Worker.argument)
            for report in ended.reports {
                switch report {
                case .failure(let failure): failures.append(failure)
                case .tally(let part): tally.add(part)
                }
            }
            guard let crash = ended.crash else { break }
            let noted = InputNote.read(note)
            guard let noted, noted.number >= first else {
                throw BenchError("target \(target.name): the worker ended: \(crash)")
            }
            tally.inputs += noted.number - first + 1
            failures.append(try await reduced(noted.number, noted.input, crash))
            first = noted.number + 1
        }
        return (tally, failures)
    }

    private func worker(first: Int, inputs: Int, seconds: Double?) -> Worker {
        Worker(
            target: target.name,
            corpora: plan.corpora,
            note: note,
            seed: plan.seed,
            first: first,
            inputs: inputs,
            seconds: seconds,
            failuresMaximum: Self.failuresMaximum
        )
    }

    /// A hang is not reduced: each attempt would take as long.
    private func reduced(
        _ number: Int,
        _ input: [UInt8],
        _ crash: String
    ) async throws -> Failure {
        var reduction = Reduction(attempts: crash == Self.hang ? 0 : 300)
        let worker = worker(first: number, inputs: 1, seconds: nil)
        let note = try InputNote(file: note, maximumBytes: target.limits.inputBytes)
        let reduced = await reduction.reduce(input) { shorter in
            note.write(shorter, number: number)
            return (try? Self.run(worker, Worker.repetition))?.crash == crash
        }
        return Failure(number: number, input: reduced, property: "crash", detail: crash)
    }

    // MARK: Processes

    private static let hang = "signal \(SIGALRM)"

    private typealias End = (reports: [WorkerReport], crash: String?)

    private static func run(_ worker: Worker, _ role: String) throws -> End {
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let description = String(decoding: try JSONEncoder().encode(worker), as: UTF8.self)
        process.arguments = [role, description]
        process.environment = ProcessInfo.processInfo.environment.merging(
            // A run must repeat exactly; and a backtrace takes longer than a thousand inputs.
            [
                "SWIFT_DETERMINISTIC_HASHING": "1", "SWIFT_BACKTRACE": "enable=no",
                // Whose files are removed at the end.
                "TMPDIR": URL(filePath: worker.note).deletingLastPathComponent().path,
            ]
        ) { $1 }
        let output = Pipe()
        process.standardOutput = output
        if role == Worker.repetition { process.standardError = FileHandle.nullDevice }
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let reports = text.split(separator: 0x0A).compactMap {
            try? JSONDecoder().decode(WorkerReport.self, from: Data($0))
        }
        if process.terminationReason == .uncaughtSignal {
            return (reports, "signal \(process.terminationStatus)")
        }
        guard process.terminationStatus == 0 else {
            throw BenchError("a worker ended with status \(process.terminationStatus)")
        }
        return (reports, nil)
    }
}

extension Failure {
    fileprivate var isCrash: Bool { property == "crash" }
}
