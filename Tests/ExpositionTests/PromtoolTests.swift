import Exposition
import Foundation
import Testing

private let promtool = ["/usr/bin/promtool", "/usr/local/bin/promtool"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

private func check(_ bytes: [UInt8]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: try #require(promtool))
    process.arguments = ["check", "metrics"]
    let input = Pipe()
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    process.standardError = output
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data(bytes))
    try input.fileHandleForWriting.close()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: text, as: UTF8.self))
}

@Test("promtool reports nothing for well-formed families", .enabled(if: promtool != nil))
func promtoolAccepts() throws {
    let families = everyKind + fleet(graphs: 5).filter { $0.kind == .gauge }
    let (status, output) = try check(TextFormat.encode(families))
    #expect(status == 0, "\(output)")
    #expect(output.isEmpty)
}

@Test(
    "where promtool finds a fault our lint does too, in the same words",
    .enabled(if: promtool != nil),
    arguments: [
        "a_total", "a_count", "a_sum", "a_bucket", "a_gauge", "a:b", "aB", "a_milliseconds",
        "a_hours", "a_kilobytes", "a_ms", "a_m_x", "a_decibits", "a_seconds", "a_kelvins",
        "a_ounces", "a_teracalories", "a_info", "a_sec", "a_hs",
    ]
)
func promtoolAgrees(name: String) throws {
    let family = MetricFamily(name, help: "x", kind: .gauge, samples: [MetricSample([], 1)])
    let (_, output) = try check(TextFormat.encode([family]))
    let theirs = output.split(separator: "\n").map(String.init).sorted()
    #expect(Lint.findings([family]).map(\.description).sorted() == theirs)
}
