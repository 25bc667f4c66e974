import Foundation
import Workbench

/// Runs the workers of one target, and goes on after a crash with the next input.
struct Supervisor {
    let target: Target
    let plan: Plan

    /// What a run was asked for.
    struct Plan: Sendable {
        var corpora: String
        /// A file that is tried instead of a corpus.
        var file: String?
        /// Inputs are guided by coverage if there is such a folder.
        var guided: GuidedFolder?
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

    /// The memory of a guided worker.
    static let megabytesMaximum = 2048

    private static let crashesMaximum = 5
    private static let failuresMaximum = 3

    private var note: String { plan.folder.appending(path: target.name).path }

    func run() async throws -> (tally: Tally, failures: [Failure]) {
        try plan.guided?.prepare(for: target.name)
        var (tally, failures, crashes) = (Tally(), [Failure](), 0)
        let end = plan.seconds.map { ContinuousClock.now + .seconds($0) }
        var first = plan.first
        let last = plan.first + max(1, plan.inputs / target.rarity)
        while first < last, crashes < Self.crashesMaximum {
            let seconds = end.map { ($0 - .now) / .seconds(1) }
            if let seconds, seconds <= 0 { break }
            let worker = worker(first: first, inputs: last - first, seconds: seconds)
            let ended = try run(worker, plan.guided == nil ? .worker : .guided)
            for report in ended.reports {
                switch report {
                case .failure(let failure): failure.add(to: &failures)
                case .tally(let part): tally.add(part)
                }
            }
            guard let crash = ended.crash else { break }
            let noted = InputNote.read(note)
            guard let noted, noted.number >= first else {
                throw BenchError("target \(target.name): the worker ended: \(crash)")
            }
            tally.inputs += noted.number - first + 1
            crashes += 1
            try await reduced(noted.number, noted.input, crash).add(to: &failures)
            first = noted.number + 1
        }
        return (tally, failures)
    }

    private func worker(first: Int, inputs: Int, seconds: Double?) -> Worker {
        Worker(
            target: target.name,
            corpora: plan.corpora,
            file: plan.file,
            found: plan.guided?.corpus(of: target.name).path,
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
            return (try? run(worker, .repetition))?.crash == crash
        }
        return Failure(number: number, input: reduced, property: "crash", detail: crash)
    }

    // MARK: Processes

    /// The exit status of libFuzzer above its limit of memory.
    private static let memoryStatus: Int32 = 71
    private static let hang = "signal \(SIGALRM)"

    private typealias End = (reports: [WorkerReport], crash: String?)

    private func run(_ worker: Worker, _ role: Worker.Role) throws -> End {
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let description = String(decoding: try JSONEncoder().encode(worker), as: UTF8.self)
        process.arguments = [role.rawValue, description]
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
        switch role {
        case .worker: break
        case .repetition: process.standardError = FileHandle.nullDevice
        case .guided: process.standardError = try log()
        }
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let reports = text.split(separator: 0x0A).compactMap {
            try? JSONDecoder().decode(WorkerReport.self, from: Data($0))
        }
        if process.terminationReason == .uncaughtSignal {
            return (reports, "signal \(process.terminationStatus)")
        }
        if role == .guided, process.terminationStatus == Self.memoryStatus {
            return (reports, "more than \(Self.megabytesMaximum) MB")
        }
        guard process.terminationStatus == 0 else {
            throw BenchError("a worker ended with status \(process.terminationStatus)")
        }
        return (reports, nil)
    }

    /// Of libFuzzer, for the workers one after the other.
    private func log() throws -> FileHandle {
        guard let file = plan.guided?.log(of: target.name) else { return .standardError }
        let handle = try FileHandle(forWritingTo: file)
        try handle.seekToEnd()
        return handle
    }
}

extension Failure {
    /// Different inputs are often reduced to the same.
    fileprivate func add(to failures: inout [Failure]) {
        let isKnown = failures.contains { $0.property == property && $0.input == input }
        if !isKnown { failures.append(self) }
    }
}
