import Series
import Time

/// The samples of one series in a range of time. All times are in milliseconds.
struct SampleWindow {
    var samples: [Sample] = []
    /// The range is (start, end], or [start, end] under version 2.
    var start: Int64
    var end: Int64
    /// The evaluation time of the query, which differs from `end` if there is an offset.
    var evaluationTime: Int64
    /// With an extension, `samples` includes samples outside the range.
    var rangeExtension: RangeExtension?
    var compatibility = EngineOptions.Compatibility.version3

    var rangeSeconds: Double { end.seconds(since: start) }
}

/// The newest samples of some series in a window. Rules often compare the same with several values.
struct Newest {
    let references: [SeriesReference]
    let after: Timestamp
    let through: Timestamp
    let elements: [VectorElement]

    init(
        _ references: [SeriesReference],
        after: Timestamp,
        through: Timestamp,
        _ elements: [VectorElement]
    ) {
        self.references = references
        self.after = after
        self.through = through
        self.elements = elements
    }
}

extension Evaluator {
    /// The series that match. Cached where they are needed again, because the source does not
    /// change while the query runs.
    func references(_ selector: VectorSelector) throws(EvaluationError) -> [SeriesReference] {
        if let selections {
            if let known = selections.series(of: selector.filter) { return known }
            let references = try source.select(selector.matchers, work)
            selections.keep(references, of: selector.filter)
            return references
        }
        let matchers = selector.matchers
        guard isRepeated else { return try source.select(matchers, work) }
        if let known = ownSelections[matchers] { return known }
        let references = try source.select(matchers, work)
        try retain(128 + references.count * MemoryLayout<SeriesReference>.stride)
        ownSelections[matchers] = references
        return references
    }

    /// The evaluation time of a selector with these modifiers.
    func time(of modifiers: TimeModifiers, at time: Int64) throws(EvaluationError) -> Int64 {
        let base =
            switch modifiers.at {
            case nil: time
            case .start: span.start
            case .end: span.end
            case .timestamp(let timestamp): timestamp.milliseconds
            }
        let offset = try milliseconds(of: modifiers.offset, mustBePositive: false)
        return base.subtractingClamped(offset)
    }

    /// The exclusive start of a window that begins at `start`. Windows of sources are open on the
    /// left, so version 2, with closed ranges, starts one millisecond earlier.
    func openStart(_ start: Int64) -> Timestamp {
        switch options.compatibility {
        case .version3: Timestamp(milliseconds: start)
        case .version2: Timestamp(milliseconds: start.subtractingClamped(1))
        }
    }

    // MARK: Instant vectors

    func select(
        _ selector: VectorSelector,
        at time: Int64
    ) throws(EvaluationError) -> InstantVector {
        var vector = InstantVector(mixesNames: !selector.namesOneMetric)
        if selector.rangeExtension != nil {
            try appendInterpolated(selector, to: &vector, at: time)
            return vector
        }
        try forEachCurrentSample(of: selector, at: time) { labels, sample in
            vector.elements.append(VectorElement(labels: labels, value: sample.value))
        }
        return vector
    }

    /// `smoothed` on an instant vector: the value is interpolated between the samples around the
    /// time.
    private func appendInterpolated(
        _ selector: VectorSelector,
        to vector: inout InstantVector,
        at time: Int64
    ) throws(EvaluationError) {
        guard selector.rangeExtension == .smoothed else {
            throw .invalidArgument("anchored modifier is not supported for instant vectors")
        }
        let now = try self.time(of: selector.modifiers, at: time)
        let lookback = options.lookback.wholeMilliseconds
        for reference in try references(selector) {
            var samples: [Sample] = []
            source.appendSamples(
                of: reference,
                after: openStart(now.subtractingClamped(lookback)),
                through: Timestamp(milliseconds: now.addingClamped(lookback)),
                to: &samples
            )
            try load(samples.count)
            guard let value = samples.value(at: now) else { continue }
            vector.elements.append(
                VectorElement(labels: source.labels(of: reference), value: value)
            )
        }
    }

    /// Calls `body` with the newest sample within the lookback for each matching series. Of a series
    /// whose samples are late by nature the lookback is longer.
    func forEachCurrentSample(
        of selector: VectorSelector,
        at time: Int64,
        _ body: (Labels, Sample) -> Void
    ) throws(EvaluationError) {
        let through = try self.time(of: selector.modifiers, at: time)
        let after = openStart(through.subtractingClamped(options.lookback.wholeMilliseconds))
        let references = try references(selector)
        var count = 0
        for reference in references {
            let sample = source.currentSample(
                of: reference,
                after: after,
                through: Timestamp(milliseconds: through)
            )
            guard let sample else { continue }
            body(source.labels(of: reference), sample)
            count += 1
        }
        try load(count)
        try work(references.count)
    }

    // MARK: Ranges

    /// Calls `body` for each series of a range vector with samples in the range. Returns whether
    /// series may differ only in their metric names.
    @discardableResult
    func forEachWindow(
        of expression: Expression,
        at time: Int64,
        _ body: (VectorElement, SampleWindow) -> Void
    ) throws(EvaluationError) -> Bool {
        switch expression.unwrapped {
        case .matrixSelector(let selector): try forEachWindow(of: selector, at: time, body)
        case .subquery(let subquery): try forEachWindow(of: subquery, at: time, body)
        default: throw .invalidArgument("expected a range vector, got \(expression.valueType)")
        }
    }

    /// `last_over_time`: the newest sample of each range. The sources know the newest sample of a
    /// series, so ranges are read only where it does not count.
    func newest(
        of selector: MatrixSelector,
        at time: Int64
    ) throws(EvaluationError) -> InstantVector {
        let end = try self.time(of: selector.vector.modifiers, at: time)
        let range = try milliseconds(of: selector.range, mustBePositive: true)
        let after = openStart(end.subtractingClamped(range))
        let through = Timestamp(milliseconds: end)
        let references = try references(selector.vector)
        let mixesNames = !selector.vector.namesOneMetric
        if let known = newest, known.after == after, known.through == through,
            known.references == references
        {
            return InstantVector(elements: known.elements, mixesNames: mixesNames)
        }
        var vector = InstantVector(mixesNames: mixesNames)
        var buffer: [Sample] = []
        vector.elements.reserveCapacity(references.count)
        for reference in references {
            var newest = source.newestSample(of: reference, after: after, through: through)
            if newest == nil {
                // A staleness marker may hide earlier samples.
                buffer.removeAll(keepingCapacity: true)
                source.appendSamples(of: reference, after: after, through: through, to: &buffer)
                newest = buffer.last
            }
            try work(1)
            guard let newest else { continue }
            try load(1)
            vector.elements.append(
                VectorElement(labels: source.labels(of: reference), value: newest.value)
            )
        }
        if skipsNeedlessOperands {
            newest = Newest(references, after: after, through: through, vector.elements)
        }
        return vector
    }

    /// Samples for which room is made beforehand.
    private static let usualWindow = 32

    private func forEachWindow(
        of selector: MatrixSelector,
        at time: Int64,
        _ body: (VectorElement, SampleWindow) -> Void
    ) throws(EvaluationError) -> Bool {
        let end = try self.time(of: selector.vector.modifiers, at: time)
        let range = try milliseconds(of: selector.range, mustBePositive: true)
        let rangeExtension = selector.vector.rangeExtension
        var window = SampleWindow(
            start: end.subtractingClamped(range),
            end: end,
            evaluationTime: time,
            rangeExtension: rangeExtension,
            compatibility: options.compatibility
        )
        let lookback = options.lookback.wholeMilliseconds
        // An extension needs a sample before the range, and `smoothed` also one after it.
        let (before, behind) = (
            rangeExtension == nil ? 0 : lookback, rangeExtension == .smoothed ? lookback : 0
        )
        let after = openStart(window.start.subtractingClamped(before))
        let through = Timestamp(milliseconds: end.addingClamped(behind))
        window.samples.reserveCapacity(Self.usualWindow)
        for reference in try references(selector.vector) {
            window.samples.removeAll(keepingCapacity: true)
            source.appendSamples(of: reference, after: after, through: through, to: &window.samples)
            try work(1)
            guard !window.samples.isEmpty else { continue }
            try load(window.samples.count)
            body(VectorElement(labels: source.labels(of: reference), value: 0), window)
        }
        return !selector.vector.namesOneMetric
    }
}

extension [Sample] {
    /// The linearly interpolated value at a time. The last sample extends to the future; before the
    /// first there is no value.
    fileprivate func value(at time: Int64) -> Double? {
        guard let index = lastIndex(where: { $0.timestamp.milliseconds <= time }) else {
            return nil
        }
        let before = self[index]
        guard before.timestamp.milliseconds < time, index + 1 < count else { return before.value }
        let after = self[index + 1]
        let length = after.timestamp.milliseconds.seconds(since: before.timestamp.milliseconds)
        let part = time.seconds(since: before.timestamp.milliseconds) / length
        return before.value + (after.value - before.value) * part
    }
}

extension Int64 {
    /// The difference of two times in milliseconds, in seconds. Computed in floating point, which
    /// cannot overflow and is exact for all realistic times.
    func seconds(since earlier: Int64) -> Double {
        (Double(self) - Double(earlier)) / 1000
    }

    func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }

    func subtractingClamped(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other > 0 ? .min : .max) : difference
    }
}
