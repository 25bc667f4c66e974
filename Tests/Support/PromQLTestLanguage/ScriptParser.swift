import GoText
import PromQL
import RE2
import Time

extension TestScript {
    package static func parse(_ text: String, name: String) throws(ScriptError) -> TestScript {
        var parser = ScriptParser(text, script: name)
        return TestScript(name: name, statements: try parser.statements())
    }
}

/// Parses a script line by line. A command ends at an empty line or a comment.
struct ScriptParser {
    private let script: String
    private let lines: [Substring]
    private var index = 0

    init(_ text: String, script: String) {
        self.script = script
        lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map {
            let line = $0.trimmed
            return line.hasPrefix("#") ? "" : line
        }
    }

    mutating func statements() throws(ScriptError) -> [TestScript.Statement] {
        var statements: [TestScript.Statement] = []
        while index < lines.count {
            guard !lines[index].isEmpty else {
                index += 1
                continue
            }
            let line = index + 1
            statements.append(TestScript.Statement(line: line, command: try command()))
        }
        return statements
    }

    private mutating func command() throws(ScriptError) -> TestScript.Command {
        let (word, rest) = lines[index].firstWord
        index += 1
        switch word.lowercased() {
        case "clear": return .clear
        case "load": return .load(try load(rest))
        case "load_with_nhcb": return .load(try load(rest, makesNativeHistograms: true))
        case "eval": return .evaluate(try evaluation(rest))
        case "eval_fail": return .evaluate(try evaluation(rest) { $0.failure = .anything })
        case "eval_ordered": return .evaluate(try evaluation(rest) { $0.isOrdered = true })
        case "eval_warn":
            return .evaluate(try evaluation(rest) { $0.warnings = .some([.anything]) })
        case "eval_info":
            return .evaluate(try evaluation(rest) { $0.infos = .some([.anything]) })
        default:
            throw error(
                "unknown command \(String(word).goQuoted); expected clear, load or eval"
            )
        }
    }

    /// An error at the line read last.
    func error(_ message: String) -> ScriptError {
        ScriptError(script: script, line: index, message: message)
    }

    /// The next line of the current command, nil at its end.
    private mutating func nextLine() -> Substring? {
        guard index < lines.count, !lines[index].isEmpty else { return nil }
        index += 1
        return lines[index - 1]
    }
}

// MARK: - Loading

extension ScriptParser {
    private mutating func load(
        _ text: Substring,
        makesNativeHistograms: Bool = false
    ) throws(ScriptError) -> TestScript.Load {
        let interval = Duration.milliseconds(try milliseconds(text))
        guard interval > .zero else { throw error("the interval of a load must be positive") }
        var series: [SeriesNotation] = []
        while let line = nextLine() { series.append(try notation(line)) }
        return TestScript.Load(
            interval: interval,
            series: series,
            makesNativeHistograms: makesNativeHistograms
        )
    }

    private func notation(_ line: Substring) throws(ScriptError) -> SeriesNotation {
        do {
            return try SeriesNotation.parse(String(line))
        } catch {
            throw self.error(error.description)
        }
    }

    /// Parses a duration or a number of seconds, either of which may be negative.
    private func milliseconds(_ text: Substring) throws(ScriptError) -> Int64 {
        guard let value = ScriptParser.number(text) else {
            throw error("not a duration: \(String(text).goQuoted)")
        }
        return Timestamp(seconds: value).milliseconds
    }

    /// The value of a number or duration literal of PromQL.
    private static func number(_ text: Substring) -> Double? {
        guard let expression = try? Expression.parse(String(text)) else { return nil }
        switch expression {
        case .number(let literal): return literal.value
        case .unary(let unary):
            guard case .number(let literal) = unary.operand else { return nil }
            return unary.isNegation ? -literal.value : literal.value
        default: return nil
        }
    }
}

// MARK: - Evaluating

extension ScriptParser {
    private mutating func evaluation(
        _ text: Substring,
        _ preset: (inout Expectation) -> Void = { _ in }
    ) throws(ScriptError) -> TestScript.Evaluation {
        let (time, query) = try timeAndQuery(text)
        guard !query.isEmpty else { throw error("there is no query to evaluate") }
        var expectation = Expectation()
        preset(&expectation)
        var series: [ExpectedSeries] = []
        while let line = nextLine() {
            if try readExpect(line, &expectation) { continue }
            if let value = ScriptParser.number(line) {
                expectation.result = .scalar(value)
            } else {
                let notation = try notation(line)
                series.append(ExpectedSeries(labels: notation.labels, values: notation.values))
            }
        }
        switch expectation.result {
        case .series: expectation.result = .series(series)
        case .rangeVector(_, let from, let through, let step):
            expectation.result = .rangeVector(series, from: from, through: through, step: step)
        case .scalar, .string:
            guard series.isEmpty else { throw error("a single value has no series") }
        }
        return TestScript.Evaluation(query: String(query), time: time, expectation: expectation)
    }

    /// `instant at 5m QUERY` or `range from 0 to 10m step 1m QUERY`.
    private func timeAndQuery(
        _ text: Substring
    ) throws(ScriptError) -> (EvaluationTime, Substring) {
        let (kind, rest) = text.firstWord
        switch kind.lowercased() {
        case "instant":
            let (values, query) = try arguments(of: ["at"], in: rest)
            return (.instant(values[0]), query)
        case "range":
            let (values, query) = try arguments(of: ["from", "to", "step"], in: rest)
            let step = values[2] - Timestamp(milliseconds: 0)
            return (.range(from: values[0], through: values[1], step: step), query)
        default: throw error("expected \"instant\" or \"range\" after eval")
        }
    }

    /// Parses a time after each of the words. Returns the times and the rest of the text.
    private func arguments(
        of words: [String],
        in text: Substring
    ) throws(ScriptError) -> ([Timestamp], Substring) {
        var rest = text
        var times: [Timestamp] = []
        for expected in words {
            let (word, afterWord) = rest.firstWord
            guard word.lowercased() == expected else {
                throw error("expected \"\(expected)\" and a time")
            }
            let (time, afterTime) = afterWord.firstWord
            times.append(Timestamp(milliseconds: try milliseconds(time)))
            rest = afterTime
        }
        return (times, rest)
    }

    /// Returns whether the line states an expectation other than a value, and if so reads it.
    private func readExpect(
        _ line: Substring,
        _ expectation: inout Expectation
    ) throws(ScriptError) -> Bool {
        let (word, rest) = line.firstWord
        switch word {
        case "expect":
            try readExpectation(rest, &expectation)
        case "expected_fail_message":
            expectation.failure = .exactly(String(rest))
        case "expected_fail_regexp":
            expectation.failure = .matching(try pattern(rest))
        default: return false
        }
        return true
    }

    private func readExpectation(
        _ text: Substring,
        _ expectation: inout Expectation
    ) throws(ScriptError) {
        let (word, rest) = text.firstWord
        switch word {
        case "ordered": expectation.isOrdered = true
        case "fail": expectation.failure = try message(rest)
        case "warn": expectation.warnings.add(try message(rest))
        case "info": expectation.infos.add(try message(rest))
        case "no_warn": expectation.warnings = .none
        case "no_info": expectation.infos = .none
        case "string": expectation.result = .string(try string(rest))
        case "range":
            let (vector, times) = rest.firstWord
            guard vector == "vector" else { throw error("expected \"vector\" after range") }
            let (values, _) = try arguments(of: ["from", "to", "step"], in: times)
            let step = values[2] - Timestamp(milliseconds: 0)
            guard step > .zero else { throw error("the step must be positive") }
            expectation.result = .rangeVector(
                [],
                from: values[0],
                through: values[1],
                step: step
            )
        default: throw error("cannot expect \(String(word).goQuoted)")
        }
    }

    /// Parses `msg: TEXT`, `regex: PATTERN` or nothing.
    private func message(_ text: Substring) throws(ScriptError) -> TextExpectation {
        if text.isEmpty { return .anything }
        if text.hasPrefix("msg:") { return .exactly(String(text.dropFirst(4).trimmed)) }
        if text.hasPrefix("regex:") { return .matching(try pattern(text.dropFirst(6).trimmed)) }
        throw error("expected \"msg:\" or \"regex:\", not \(String(text).goQuoted)")
    }

    private func pattern(_ text: Substring) throws(ScriptError) -> RegularExpression {
        do {
            return try RegularExpression(String(text))
        } catch {
            throw self.error(error.description)
        }
    }

    private func string(_ text: Substring) throws(ScriptError) -> String {
        guard case .string(let literal) = try? Expression.parse(String(text)) else {
            throw error("expected a string in quotes, not \(String(text).goQuoted)")
        }
        return literal.value
    }
}

extension Expectation.Remarks {
    fileprivate mutating func add(_ text: TextExpectation) {
        if case .some(let others) = self {
            self = .some(others + [text])
        } else {
            self = .some([text])
        }
    }
}

extension Substring {
    var trimmed: Substring {
        let start = drop(while: \.isWhitespace)
        let end = start.lastIndex { !$0.isWhitespace }
        return end.map { start[...$0] } ?? ""
    }

    /// The text up to the first space, and the trimmed rest.
    var firstWord: (Substring, Substring) {
        let end = firstIndex(where: \.isWhitespace) ?? endIndex
        return (self[..<end], self[end...].trimmed)
    }
}
