#if LIBFUZZER
import Dispatch
import Foundation
import Synchronization
import Threads

/// LLVM's fuzzer as a library: it measures which code an input reaches, and changes the inputs
/// that reached new code.
enum LibFuzzer {
    private typealias Callback = @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32

    /// The names of `FuzzerInterface.h`. Pointers and integers are passed alike in C and Swift.
    @_silgen_name("LLVMFuzzerRunDriver")
    private static func runDriver(
        _ count: UnsafeMutablePointer<Int32>,
        _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
        _ callback: Callback
    ) -> Int32

    /// On a thread of its own, which waits while an input is tried.
    static func start(_ arguments: [String]) {
        WorkerThread.start(name: "libfuzzer") {
            atexit { Handover.shared.finish() }
            var count = Int32(arguments.count)
            // For as long as the process lives: libFuzzer keeps pointers to them.
            let words = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(
                capacity: arguments.count + 1
            )
            for (index, argument) in arguments.enumerated() {
                unsafe words[index] = strdup(argument)
            }
            unsafe words[arguments.count] = nil
            var start: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe words
            let status = unsafe runDriver(&count, &start) { bytes, count in
                let buffer = unsafe UnsafeBufferPointer(start: bytes, count: count)
                // What fails must not become a seed.
                return Handover.shared.put(unsafe Array(buffer)) ? 0 : -1
            }
            // It returns only if it cannot begin: otherwise it calls `exit`.
            try? FileHandle.standardError.write(
                contentsOf: Data("libFuzzer ended with status \(status)\n".utf8)
            )
            _exit(2)
        }
    }

    static func arguments(for worker: Worker, _ target: Target) throws -> [String] {
        let dictionary = URL(filePath: worker.note + ".dictionary")
        let words = target.tokens + Mutation.numbers + Mutation.hostile
        let lines = words.filter { !$0.isEmpty }.map { entry(Array($0.utf8)) }
        try Data(lines.joined(separator: "\n").utf8).write(to: dictionary)
        // Zero disables: signals and long inputs end the process as they end other workers.
        let signals = ["segv", "bus", "abrt", "ill", "fpe", "trap", "int", "term"]
        var arguments = ["fuzz", "-timeout=0"] + signals.map { "-handle_\($0)=0" }
        arguments += [
            "-rss_limit_mb=\(Supervisor.megabytesMaximum)",
            "-seed=\(worker.seed)", "-runs=\(worker.inputs)", "-dict=\(dictionary.path)",
            "-max_len=\(target.limits.inputBytes)", "-artifact_prefix=\(worker.note)-",
        ]
        if let seconds = worker.seconds {
            arguments.append("-max_total_time=\(max(1, Int(seconds.rounded())))")
        }
        // It writes into the first folder.
        if let found = worker.found { arguments.append(found) }
        return arguments + ["\(worker.corpora)/\(worker.target)"]
    }

    private static func entry(_ bytes: [UInt8]) -> String {
        let escaped = bytes.map { byte in
            let digits = String(byte, radix: 16)
            return "\\x" + (byte < 16 ? "0" : "") + digits
        }
        return "\"\(escaped.joined())\""
    }
}

/// Inputs on their way from libFuzzer, which waits for each answer, to the task that tries them.
final class Handover: Sendable {
    /// The callback has no context.
    static let shared = Handover()

    let inputs: AsyncStream<[UInt8]>
    private let continuation: AsyncStream<[UInt8]>.Continuation
    private let isGood = Atomic(true)
    private let answered = DispatchSemaphore(value: 0)

    private init() {
        (inputs, continuation) = AsyncStream.makeStream()
    }

    func answer(_ isGood: Bool) {
        self.isGood.store(isGood, ordering: .releasing)
        answered.signal()
    }

    /// - Returns: the answer.
    func put(_ input: [UInt8]) -> Bool {
        continuation.yield(input)
        answered.wait()
        return isGood.load(ordering: .acquiring)
    }

    /// Never returns.
    func finish() {
        continuation.finish()
        answered.wait()
    }
}
#endif
