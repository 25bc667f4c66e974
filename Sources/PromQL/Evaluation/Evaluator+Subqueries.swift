import Series
import Time

extension Evaluator {
    /// Calls `body` for each series that the inner expression produces over the range.
    func forEachWindow(
        of subquery: Subquery,
        at time: Int64,
        _ body: (VectorElement, SampleWindow) -> Void
    ) throws(EvaluationError) -> Bool {
        let end = try self.time(of: subquery.modifiers, at: time)
        let start = end.subtractingClamped(
            try milliseconds(of: subquery.range, mustBePositive: true)
        )
        var series = MatrixBuilder(delaysNameRemoval: options.delaysNameRemoval)
        var mixesNames = false
        var name: String?
        try forEachVector(of: subquery, from: start, through: end) {
            (vector, time) throws(EvaluationError) in
            let known = series.byteCount
            try series.append(vector.elements, at: time)
            try hold(series.byteCount - known)
            guard !vector.elements.isEmpty else { return }
            let isOther = name.map { $0 != vector.commonName } ?? false
            mixesNames = mixesNames || vector.mixesNames || isOther
            name = vector.commonName
        }
        series.forEach { element, samples in
            let window = SampleWindow(
                samples: samples,
                start: start,
                end: end,
                evaluationTime: time,
                compatibility: options.compatibility
            )
            body(element, window)
        }
        return mixesNames
    }

    /// Evaluates the inner expression at all multiples of the step within the range.
    private func forEachVector(
        of subquery: Subquery,
        from start: Int64,
        through end: Int64,
        _ body: (InstantVector, Int64) throws(EvaluationError) -> Void
    ) throws(EvaluationError) {
        let step =
            if let step = subquery.step {
                try milliseconds(of: step, mustBePositive: true)
            } else {
                max(1, options.defaultSubqueryStep.wholeMilliseconds)
            }
        // Ranges of successive steps overlap, both steps of the query and steps of an outer
        // subquery, so vectors are cached. Only those of the latest range are kept.
        let isShared = isRepeated
        if !isShared { invariants.formUnion(subquery.expression.stepInvariantParts) }
        let known = isShared ? subqueryVectors[subquery] ?? [:] : [:]
        var kept: [Int64: CachedVector] = [:]
        subqueryDepth += 1
        defer { subqueryDepth -= 1 }
        var time = firstMultiple(of: step, from: start)
        while time <= end, time < .max {
            let vector: InstantVector
            if let known = known[time] {
                vector = known.vector
                try hold(known.byteCount)
                kept[time] = known
            } else {
                let before = loadedBytes
                vector = try self.vector(subquery.expression, at: time)
                if isShared {
                    try hold(Self.cachedBytes(vector))
                    kept[time] = CachedVector(vector: vector, byteCount: loadedBytes - before)
                }
            }
            // Charge for the step itself, otherwise a very long subquery over an empty vector would
            // never reach a limit.
            try load(vector.elements.count + 1)
            try body(vector, time)
            time = time.addingClamped(step)
        }
        if isShared { subqueryVectors[subquery] = kept }
    }

    /// The memory of a vector in the cache, its labels aside: an entry of a dictionary, and an
    /// array.
    private static func cachedBytes(_ vector: InstantVector) -> Int {
        96 + vector.elements.count * MemoryLayout<VectorElement>.stride
    }

    /// Subqueries are aligned to absolute multiples of their step, independent of the query time.
    private func firstMultiple(of step: Int64, from start: Int64) -> Int64 {
        let multiple = start / step * step
        let isOutside =
            switch options.compatibility {
            case .version3: multiple <= start
            case .version2: multiple < start
            }
        return isOutside ? multiple.addingClamped(step) : multiple
    }
}
