import Foundation
import RE2
import Workbench

/// The CPU time of patterns that defeat a backtracking matcher, on label values of increasing
/// length.
@main
enum Patterns {
    private static let usage: [(name: String, meaning: String)] = [
        ("bytes", "N   the longest value, 1048576")
    ]

    /// Each has a value that it rejects only after examining all of it.
    private static let cases: [(pattern: String, unit: String)] = [
        ("(a*)*b", "a"), ("(a|a)*b", "a"), ("(x+x+)+y", "x"), ("(a|aa)+b", "a"),
        (".*.*.*=.*", "x"), ("([a-z]+)*[0-9]", "a"), ("(.*a){20}b", "a"), ("((a?){30})*b", "a"),
    ]

    /// The slope of log time over log length: 1 is linear, 2 is quadratic.
    private static let slopeMaximum = 1.25

    static func main() async {
        await benchmark(usage) { options in
            try run(upTo: options.number("bytes", 1 << 20))
        }
    }

    private static func run(upTo longest: Int) throws -> Verdict {
        let lengths = (0..<5).reversed().map { max(longest >> $0, 1) }
        say(
            "milliseconds".left(26) + "by".left(12)
                + lengths.map { "\($0) B".right(12) }.joined() + "slope".right(8)
        )
        var isLinear = true
        for (pattern, unit) in cases {
            let matcher = try FullMatcher(pattern)
            let general = try RegularExpression(matchingWhole: pattern)
            isLinear = row(pattern, "matcher", unit, lengths, matcher.matches) && isLinear
            isLinear = row("", "captures", unit, lengths) { general.matches($0) } && isLinear
        }
        say(
            "\(isLinear ? "PASS" : "FAIL"): every slope \(isLinear ? "is" : "should be") at most"
                + " \(slopeMaximum.text(2)) (1 is linear)"
        )
        return isLinear ? .good : .boundMissed
    }

    private static func row(
        _ pattern: String,
        _ method: String,
        _ unit: String,
        _ lengths: [Int],
        _ matches: (String) -> Bool
    ) -> Bool {
        let seconds = lengths.map { length in
            let value = String(repeating: unit, count: length)
            return (0..<5).map { _ in processorTime { precondition(!matches(value)) } }.min() ?? 0
        }
        let slope = Line(through: zip(lengths, seconds).map { (log(Double($0)), log($1)) }).slope
        say(
            pattern.left(26) + method.left(12)
                + seconds.map { ($0 * 1000).text(2).right(12) }.joined() + slope.text(2).right(8)
        )
        return slope <= slopeMaximum
    }
}
