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
            var rows: [Row] = []
            for part in parts {
                say("measuring: \(part.rawValue)")
                rows += try await part.measure(plan)
            }
            say("")
            Book.print(rows)
            return Book.verdict(rows)
        }
    }
}

/// How much is measured.
struct Plan {
    let isQuick: Bool
    let binary: URL

    func choose<Value>(_ normal: Value, quick: Value) -> Value { isQuick ? quick : normal }
}
