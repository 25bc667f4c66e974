import Foundation
import Measurements
import Workbench

/// The performance book: graphwarden beside its anchors, each pair measured in the same run.
@main
enum PerformanceBook {
    private static let usage: [(name: String, meaning: String)] = [
        ("rows", "LIST     of \(Part.allCases.map(\.rawValue).joined(separator: ",")); all"),
        ("quick", "         few and short runs, a few minutes in total"),
        ("binary", "PATH    the program, .build/release/graphwarden"),
    ]

    static func main() async {
        await benchmark(usage, flags: ["quick"]) { options in
            let parts = try Part.read(options.text("rows", ""))
            let plan = Plan(
                isQuick: options.has("quick"),
                binary: try Programs.graphwarden(options)
            )
            let loadBefore = MachineLoad.average
            var rows: [Row] = []
            for part in parts {
                say("measuring: \(part.rawValue)")
                do {
                    rows += try await part.measure(plan)
                } catch {
                    Book.print(rows)
                    throw error
                }
            }
            say("")
            say(
                "\(ProcessInfo.processInfo.activeProcessorCount) processors; load average over a minute"
                    + " \(loadBefore) at the start, \(MachineLoad.average) at the end"
            )
            Book.print(rows)
            return Book.verdict(rows)
        }
    }
}

/// What else the machine does.
private enum MachineLoad {
    /// Over a minute, as text; `unknown` if the kernel does not report it.
    static var average: String {
        let file = FileHandle(forReadingAtPath: "/proc/loadavg")
        let text = (try? file?.readToEnd()).map { String(decoding: $0, as: UTF8.self) }
        return text?.split(separator: " ").first.map(String.init) ?? "unknown"
    }
}

/// How much is measured.
struct Plan {
    let isQuick: Bool
    let binary: URL

    func choose<Value>(_ normal: Value, quick: Value) -> Value { isQuick ? quick : normal }
}
