import Glibc
import PromQL
import PromQLTestLanguage

/// `promqltest [--promql-compat=v2] FOLDER|FILE...` runs scripts in Prometheus' test language, with
/// the semantics of Prometheus 3 or of 2.42.
///
/// Prints failures, skipped cases and, as the last line, `N passed, M failed`. Exits with 0 if no
/// case failed, 1 if any did, 2 if a file cannot be read, and 64 for wrong usage.
@main
enum PromQLTestCommand {
    static func main() {
        var paths = Array(CommandLine.arguments.dropFirst())
        var compatibility = EngineOptions.Compatibility.version3
        if let version = paths.first.flatMap({ versions[$0] }) {
            compatibility = version
            paths.removeFirst()
        }
        guard !paths.isEmpty, !paths.contains(where: { $0.hasPrefix("-") }) else {
            complain("usage: promqltest [--promql-compat=v2|v3] FOLDER|FILE...")
            exit(64)
        }
        do {
            let files = try paths.flatMap(ScriptFiles.paths)
            exit(try runAll(files, ScriptRunner(engine: .forTests(compatibility))) ? 0 : 1)
        } catch {
            complain("promqltest: \(error)")
            exit(2)
        }
    }

    private static let versions: [String: EngineOptions.Compatibility] = [
        "--promql-compat=v2": .version2, "--promql-compat=v3": .version3,
    ]

    private static func runAll(_ paths: [String], _ runner: ScriptRunner) throws -> Bool {
        var (passed, failed, skipped) = (0, 0, 0)
        for path in paths {
            let report = report(on: try ScriptFiles.text(of: path), path, runner)
            for outcome in report.failures + report.skipped { print(outcome) }
            passed += report.passedCount
            failed += report.failures.count
            skipped += report.skipped.count
        }
        if skipped > 0 { print("\(skipped) skipped") }
        print("\(passed) passed, \(failed) failed")
        return failed == 0
    }

    private static func report(
        on text: String,
        _ path: String,
        _ runner: ScriptRunner
    ) -> ScriptReport {
        do {
            return runner.run(try TestScript.parse(text, name: path))
        } catch {
            return ScriptReport(unreadable: path, error.message, line: error.line)
        }
    }

    private static func complain(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
    }
}
