import PromQL
import Series
import Time

/// Runs one query in every way that must give the same result: as written, as a step of a range
/// query, as the expression of a rule, and with `@` on every selector.
struct CaseRun {
    let engine: Engine
    let parserOptions: ParserOptions
    let store: SeriesStore
    /// What the queries before this one selected, as it is kept between the evaluations of rules.
    let selections: SharedSelections
    let comparison: ResultComparison
    let evaluation: TestScript.Evaluation

    private var expectation: Expectation { evaluation.expectation }

    /// The differences of the first way that fails, after a line that names it.
    func differences(for expression: Expression) -> [Difference] {
        switch evaluation.time {
        case .range(let from, let through, let step):
            return judge { () throws(EvaluationError) in
                try engine.evaluate(expression, from: from, through: through, step: step, in: store)
            }
        case .instant(let time):
            let differences = instantDifferences(expression, at: time)
            return differences.isEmpty ? pinnedDifferences(expression, at: time) : differences
        }
    }

    /// With `@` on every selector, the result must not depend on the evaluation time.
    private func pinnedDifferences(
        _ expression: Expression,
        at time: Timestamp
    ) -> [Difference] {
        guard let pinned = PinnedQuery.pinning(expression, at: time) else { return [] }
        // Parses the printed query, so that the printer is tested as well.
        let text = pinned.description
        let reread: Expression
        do {
            reread = try Expression.parse(text, options: parserOptions)
        } catch {
            let differences = expectation.differences(onFailure: error.description)
            return differences.isEmpty ? [] : [.remark("in its normal form \(text):")] + differences
        }
        for other in PinnedQuery.evaluationTimes(for: time) {
            let differences = instantDifferences(reread, at: other)
            guard differences.isEmpty else {
                return [.remark("as \(text), at \(other.scriptText):")] + differences
            }
        }
        return []
    }

    private func instantDifferences(
        _ expression: Expression,
        at time: Timestamp
    ) -> [Difference] {
        let differences = judge { () throws(EvaluationError) in
            try engine.evaluate(expression, at: time, in: store)
        }
        guard differences.isEmpty else { return differences }
        let asRule = ruleDifferences(expression, at: time)
        guard asRule.isEmpty, isComparableAsRange(expression) else { return asRule }
        let minute = Duration.seconds(60)
        let asRange = judge(
            { () throws(EvaluationError) in
                try engine.evaluate(
                    expression,
                    from: time - minute,
                    through: time + minute,
                    step: minute,
                    in: store
                )
            },
            reading: { $0.slice(at: time, of: expression.valueType) }
        )
        return asRange.isEmpty
            ? []
            : [.remark("as the middle step of a range query at \(time.scriptText):")] + asRange
    }

    /// A rule leaves out what cannot change its value: nothing but the annotations may differ.
    private func ruleDifferences(_ expression: Expression, at time: Timestamp) -> [Difference] {
        let query = outcome { () throws(EvaluationError) in
            try engine.instant(expression, at: time, in: store)
        }
        let rule = RuleExpression(expression)
        // Twice, because the second one finds what the first one kept.
        for _ in 0..<2 {
            let found = outcome { () throws(EvaluationError) in
                try engine.value(of: rule, at: time, in: store, selections) { nil }
            }
            guard found == query else {
                return [.remark("as the expression of a rule:")]
                    + Difference.expected(query, got: found)
            }
        }
        return []
    }

    /// As text, in which NaN equals NaN and a number is told from every other.
    private func outcome(_ evaluate: () throws(EvaluationError) -> Value) -> String {
        do throws(EvaluationError) {
            return "\(try evaluate().inFixedOrder(unless: expectation.isOrdered))"
        } catch {
            return error.description
        }
    }

    private func isComparableAsRange(_ expression: Expression) -> Bool {
        guard expectation.failure == nil, !expectation.isOrdered else { return false }
        // These depend on the range of the query.
        let text = expression.description
        guard !["start()", "end()", "step()", "range()"].contains(where: text.contains) else {
            return false
        }
        return expression.valueType == .scalar || expression.valueType == .instantVector
    }

    private func judge(
        _ query: () throws(EvaluationError) -> QueryResult,
        reading: ((Value) -> Value)? = nil
    ) -> [Difference] {
        let result: QueryResult
        do throws(EvaluationError) {
            result = try query()
        } catch {
            return expectation.differences(onFailure: error.description)
        }
        if let expected = expectation.failure {
            return Difference.expected(
                "failure saying \(expected)",
                got: "answer: \(result.value.summary)"
            )
        }
        let value = reading?(result.value) ?? result.value
        let differences = comparison.differences(
            of: value,
            from: expectation,
            at: evaluation.time
        )
        // The annotations of a range query cover all its steps, so they cannot be compared with
        // those of one.
        return reading == nil ? differences + judge(result.annotations) : differences
    }

    private func judge(_ annotations: Annotations) -> [Difference] {
        judge(annotations.warnings, expectation.warnings, "warning")
            + judge(annotations.infos, expectation.infos, "info")
    }

    private func judge(
        _ actual: [String],
        _ expected: Expectation.Remarks,
        _ kind: String
    ) -> [Difference] {
        switch expected {
        case .unchecked: return []
        case .none:
            return actual.map { Difference(side: .unexpected, text: "\(kind): \($0)") }
        case .some(let texts):
            let missing = texts.filter { text in !actual.contains(where: text.acceptsRemark) }
            let unexpected = actual.filter { text in !texts.contains { $0.acceptsRemark(text) } }
            return missing.map { Difference(side: .missing, text: "\(kind) saying \($0)") }
                + unexpected.map { Difference(side: .unexpected, text: "\(kind): \($0)") }
        }
    }
}

extension TextExpectation {
    /// Only newer scripts include the position in the query that ends an annotation.
    fileprivate func acceptsRemark(_ text: String) -> Bool {
        accepts(text) || accepts(text.withoutPosition)
    }
}

extension String {
    fileprivate var withoutPosition: String {
        guard hasSuffix(")"), let open = lastIndex(of: "("), open > startIndex else { return self }
        let place = self[index(after: open)...].dropLast().split(separator: ":")
        guard place.count == 2, place.allSatisfy({ Int($0) != nil }) else { return self }
        return String(self[..<index(before: open)])
    }
}

extension Value {
    fileprivate func inFixedOrder(unless isOrdered: Bool) -> Value {
        guard !isOrdered, case .vector(let samples) = self else { return self }
        return .vector(samples.sorted { "\($0.labels)" < "\($1.labels)" })
    }

    /// What an instant query at this time would return.
    fileprivate func slice(at time: Timestamp, of type: ValueType) -> Value {
        guard case .matrix(let series) = self else { return self }
        let samples = series.compactMap { series in
            series.points.first { $0.timestamp == time }.map {
                VectorSample(labels: series.labels, timestamp: time, value: $0.value)
            }
        }
        guard type == .scalar else { return .vector(samples) }
        return samples.first.map { .scalar($0.value, at: time) } ?? .vector([])
    }
}
