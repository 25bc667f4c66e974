import RE2
import Series
import Time

/// The value of a subexpression at one time.
enum Operand {
    case scalar(Double)
    case string(StringLiteral)
    case vector(InstantVector)
}

/// Evaluates one query by walking the expression once per step.
///
/// A class, because its parts call each other recursively and share caches and counters. It lives
/// for one query on one thread.
final class Evaluator {
    let source: any SampleSource
    let options: EngineOptions
    let span: QuerySpan
    private let interruption: () -> Interruption?

    var annotations = Annotations()
    /// The samples kept for the result so far, and those loaded in the current step.
    private var keptSamples = 0
    private var loadedSamples = 0
    /// The bytes of labels and caches beside the samples, likewise.
    private var keptBytes = 0
    private(set) var loadedBytes = 0
    private var countdown = Evaluator.interval
    var ownSelections: [[LabelMatcher]: [SeriesReference]] = [:]
    /// Those that outlive the query; nil if there are none.
    private(set) var selections: SharedSelections?
    /// Whether operands that cannot change the value are left out, annotations aside.
    private(set) var skipsNeedlessOperands = false
    /// Those that were read last.
    var newest: Newest?
    var patterns: [String: RegularExpression] = [:]
    /// Of the patterns of `label_replace`.
    var patternBudget = PatternBudget()

    /// The subexpressions that do not depend on the step, and their values once computed.
    var invariants: Set<Expression> = []
    private var invariantValues: [Expression: Operand] = [:]
    /// Vectors shared by overlapping ranges of a subquery, by time.
    var subqueryVectors: [Subquery: [Int64: CachedVector]] = [:]
    var subqueryDepth = 0
    /// Whether the current part of the query is evaluated at several times, so that caches pay.
    var isRepeated: Bool { !span.isInstant || subqueryDepth > 0 }

    /// The number of work units between two calls of `interruption`.
    private static let interval = 1 << 14

    init(
        source: any SampleSource,
        options: EngineOptions,
        span: QuerySpan,
        interruption: @escaping () -> Interruption?
    ) {
        self.source = source
        self.options = options
        self.span = span
        self.interruption = interruption
    }

    /// Takes and keeps selections beyond this query, if the source tells when they change.
    func use(_ shared: SharedSelections) {
        guard let version = source.seriesVersion else { return }
        shared.follow(version)
        selections = shared
        skipsNeedlessOperands = !version.describesMetrics
    }

    // MARK: Limits

    /// Counts samples loaded into memory for the current step.
    func load(_ count: Int) throws(EvaluationError) {
        loadedSamples += count
        guard loadedSamples + keptSamples <= options.maximumSamples else {
            throw .tooManySamples
        }
        try work(count)
    }

    /// Counts memory that the number of samples does not tell: computed labels, which may be long,
    /// and what caches take for each vector.
    func hold(_ bytes: Int) throws(EvaluationError) {
        loadedBytes += bytes
        guard loadedBytes + keptBytes <= options.maximumBytes else {
            throw .tooManyBytes(limit: options.maximumBytes)
        }
    }

    /// Counts memory that the query keeps to its end.
    func retain(_ bytes: Int) throws(EvaluationError) {
        keptBytes += bytes
        try hold(0)
    }

    /// Counts work that loads no samples, such as visiting a series.
    func work(_ count: Int) throws(EvaluationError) {
        countdown -= count + 1
        guard countdown < 0 else { return }
        countdown = Evaluator.interval
        if let reason = interruption() { throw .interrupted(reason) }
    }

    /// - Parameter bytes: the memory of series that are new in the result.
    private func keep(_ count: Int, _ bytes: Int = 0) throws(EvaluationError) {
        keptSamples += count
        keptBytes += bytes
        (loadedSamples, loadedBytes) = (0, 0)
        try load(0)
        try hold(0)
    }

    // MARK: Whole queries

    func instantValue(of expression: Expression, at time: Int64) throws(EvaluationError) -> Value {
        if let reason = interruption() { throw .interrupted(reason) }
        let timestamp = Timestamp(milliseconds: time)
        if expression.valueType == .rangeVector {
            return .matrix(try windows(of: expression, at: time))
        }
        switch try evaluate(expression, at: time) {
        case .scalar(let value): return .scalar(value, at: timestamp)
        case .string(let literal): return .string(literal.value)
        case .vector(let vector):
            let samples = vector.elements.map {
                VectorSample(labels: $0.finalLabels, timestamp: timestamp, value: $0.value)
            }
            if options.delaysNameRemoval, vector.elements.contains(where: \.dropsName) {
                try Self.checkUnique(samples)
            }
            return .vector(samples)
        }
    }

    private static func checkUnique(_ samples: [VectorSample]) throws(EvaluationError) {
        var seen: Set<Labels> = []
        for sample in samples where !seen.insert(sample.labels).inserted {
            throw .duplicateLabelSet
        }
    }

    func rangeValue(of expression: Expression) throws(EvaluationError) -> Value {
        if let reason = interruption() { throw .interrupted(reason) }
        invariants = expression.stepInvariantParts
        var result = MatrixBuilder(delaysNameRemoval: options.delaysNameRemoval)
        for time in span.times {
            if let reason = interruption() { throw .interrupted(reason) }
            switch try evaluate(expression, at: time) {
            case .scalar(let value):
                try result.append(
                    [VectorElement(labels: [:], value: value)],
                    at: time
                )
                try keep(1)
            case .vector(let vector):
                let known = result.byteCount
                try result.append(vector.elements, at: time)
                try keep(vector.elements.count, result.byteCount - known)
            case .string: throw .notForRanges(.string)
            }
        }
        return .matrix(try result.finished())
    }

    private func windows(
        of expression: Expression,
        at time: Int64
    ) throws(EvaluationError) -> [SeriesPoints] {
        var series: [SeriesPoints] = []
        try forEachWindow(of: expression, at: time) { element, window in
            let points = window.bordered
            guard !points.isEmpty else { return }
            series.append(SeriesPoints(labels: element.finalLabels, points: points))
        }
        return series.sorted { $0.labels < $1.labels }
    }

    // MARK: Expressions

    /// The value of a subexpression. Hashing an expression is not free, so the cache is consulted
    /// only if there are step-invariant parts.
    func evaluate(_ expression: Expression, at time: Int64) throws(EvaluationError) -> Operand {
        guard !invariants.isEmpty, invariants.contains(expression) else {
            return try compute(expression, at: time)
        }
        if let known = invariantValues[expression] { return known }
        let value = try compute(expression, at: time)
        invariantValues[expression] = value
        return value
    }

    private func compute(
        _ expression: Expression,
        at time: Int64
    ) throws(EvaluationError) -> Operand {
        switch expression {
        case .number(let number): return .scalar(number.value)
        case .string(let literal): return .string(literal)
        case .parentheses(let parentheses):
            return try evaluate(parentheses.expression, at: time)
        case .vectorSelector(let selector):
            return .vector(try select(selector, at: time))
        case .unary(let unary): return try evaluate(unary, at: time)
        case .binary(let binary): return try evaluate(binary, at: time)
        case .aggregation(let aggregation):
            return .vector(try evaluate(aggregation, at: time))
        case .call(let call): return try evaluate(call, at: time)
        case .matrixSelector, .subquery:
            // The type checker allows ranges only as arguments of range functions, which use
            // `forEachWindow`.
            throw .invalidArgument("range vector where a scalar or instant vector is needed")
        }
    }

    /// The value of an instant vector expression. The type checker rules out the error. It is
    /// thrown rather than trapped because a defect in a query must not stop the agent.
    func vector(_ expression: Expression, at time: Int64) throws(EvaluationError) -> InstantVector {
        guard case .vector(let vector) = try evaluate(expression, at: time) else {
            throw .invalidArgument("expected an instant vector, got \(expression.valueType)")
        }
        return vector
    }

    func scalar(_ expression: Expression, at time: Int64) throws(EvaluationError) -> Double {
        guard case .scalar(let value) = try evaluate(expression, at: time) else {
            throw .invalidArgument("expected a scalar, got \(expression.valueType)")
        }
        return value
    }

    func string(_ expression: Expression) throws(EvaluationError) -> StringLiteral {
        guard case .string(let literal) = expression.unwrapped else {
            throw .invalidArgument("expected a string, got \(expression.valueType)")
        }
        return literal
    }

    private func evaluate(
        _ unary: UnaryExpression,
        at time: Int64
    ) throws(EvaluationError) -> Operand {
        let operand = try evaluate(unary.operand, at: time)
        guard unary.isNegation else { return operand }
        switch operand {
        case .scalar(let value): return .scalar(-value)
        case .string: return operand
        case .vector(var vector):
            for index in vector.elements.indices { vector.elements[index].value.negate() }
            try vector.dropNames(delayed: options.delaysNameRemoval)
            return .vector(vector)
        }
    }
}
