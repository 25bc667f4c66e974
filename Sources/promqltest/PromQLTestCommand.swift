import Glibc
import PromQLTest

/// `promqltest FOLDER|FILE...`: runs scripts in Prometheus' test language.
///
/// Failures and skipped cases go to standard output, the last line being `N passed, M failed`.
/// Status 0 if none failed, 1 if any did, 2 if a file cannot be read, 64 without arguments.
@main
enum PromQLTestCommand {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard !arguments.isEmpty, !arguments.contains(where: { $0.hasPrefix("-") }) else {
            complain("usage: promqltest FOLDER|FILE...")
            exit(64)
        }
        do {
            let paths = try arguments.flatMap(ScriptFiles.paths)
            exit(try runAll(paths) ? 0 : 1)
        } catch {
            complain("promqltest: \(error)")
            exit(2)
        }
    }

    private static func runAll(_ paths: [String]) throws -> Bool {
        let runner = ScriptRunner()
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
