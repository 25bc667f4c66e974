import Foundation
import PromQL
import Workbench

/// Parses one text after the other as an expression. Whatever can be parsed must parse from its
/// normal form to the same expression; nothing may crash, hang or exhaust the memory.
@main
enum Fuzz {
    private static let usage: [(name: String, meaning: String)] = [
        ("inputs", "N   how many, 200000"), ("first", "N    number of the first, 1"),
        ("seed", "N     of the texts, 1"), ("show", "yes    print each text before it is read"),
    ]

    /// The limit for one text, on a machine with other load.
    private static let secondsMaximum = 5.0
    private static let residentMaximum = 200.0
    private static let inputsPerLook = 1000
    private static let failuresMaximum = 20

    static func main() async {
        await benchmark(usage) { options in
            try run(options)
        }
    }

    private static func run(_ options: Options) throws -> Verdict {
        let inputs = Inputs(seed: UInt64(try options.number("seed", 1)))
        let first = try options.number("first", 1)
        let count = try options.number("inputs", 200_000)
        let shows = options.text("show", "no") == "yes"
        var outcome = Outcome()
        let seconds = try elapsed {
            for number in first..<(first + count) {
                // Ends this process with SIGALRM unless renewed in time, which detects hangs.
                if number % inputsPerLook == 1 { alarm(UInt32(secondsMaximum) * 12) }
                let text = inputs.text(number)
                if shows { say("\(number): \(text.debugDescription)") }
                try outcome.read(text, number: number)
                if number % inputsPerLook == 0 { try outcome.look(at: number) }
            }
        }
        try outcome.look(at: first + count - 1)
        say(
            "\(outcome.failures == 0 ? "PASS" : "FAIL"): \(count) inputs, \(outcome.readable) of them expressions, \(outcome.failures) of those not"
                + " equal to their normal form; \((Double(count) / seconds).text(0)) inputs/s, slowest"
                + " \((outcome.slowest * 1000).text(1)) ms, at most"
                + " \(outcome.residentMegabytes.text(1)) MB resident"
        )
        return outcome.failures == 0 ? .good : .wrong
    }

    private struct Outcome {
        private(set) var readable = 0
        private(set) var failures = 0
        private(set) var slowest = 0.0
        private(set) var residentMegabytes = 0.0

        mutating func read(_ text: String, number: Int) throws {
            let seconds = try elapsed {
                guard let read = try? PromQL.Expression.parse(text, options: .experimental) else {
                    return
                }
                readable += 1
                guard let failure = Self.failure(of: read) else { return }
                say("input \(number) is \(text.debugDescription): \(failure)")
                failures += 1
                guard failures < Fuzz.failuresMaximum else { throw BenchError("enough") }
            }
            slowest = max(slowest, seconds)
            guard seconds < secondsMaximum else {
                throw BenchError("input \(number) took \(seconds.text(1)) s: \(text.prefix(200))")
            }
        }

        private static func failure(of read: PromQL.Expression) -> String? {
            let printed = read.description
            do {
                let again = try PromQL.Expression.parse(printed, options: .experimental)
                guard again != read || again.description != printed else { return nil }
                return "its normal form \(printed) reads back as \(again)"
            } catch {
                return "its normal form \(printed) cannot be read: \(error)"
            }
        }

        mutating func look(at number: Int) throws {
            residentMegabytes = max(
                residentMegabytes,
                ProcessReading(of: getpid())?.residentMegabytes ?? 0
            )
            guard residentMegabytes < residentMaximum else {
                throw BenchError("\(residentMegabytes.text(0)) MB after input \(number)")
            }
        }
    }
}
