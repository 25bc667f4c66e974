#if LIBFUZZER
import Glibc
import Workbench

extension Worker {
    /// Tries what libFuzzer makes: mutations of the inputs that have reached new code.
    ///
    /// libFuzzer calls `exit` at the end. That waits in `Handover.finish`, and this function ends
    /// the process once it has reported.
    func runGuided() async throws {
        let target = try Targets.named(target)
        var attempts = try await Attempts(of: self, on: target)
        try LibFuzzer.start(LibFuzzer.arguments(for: self, target))
        var number = first
        for await input in Handover.shared.inputs {
            let isGood = try await attempts.run(input, number: number)
            Handover.shared.answer(isGood)
            number += 1
        }
        guard number > first else { throw BenchError("libFuzzer has tried nothing: see its log") }
        try WorkerReport.tally(attempts.trial.tally).write()
        _exit(0)
    }
}
#else
import Workbench

extension Worker {
    func runGuided() async throws {
        throw BenchError("this program is built without libFuzzer: use packaging/fuzz")
    }
}
#endif
