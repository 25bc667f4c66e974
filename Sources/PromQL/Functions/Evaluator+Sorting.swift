import Series

extension Evaluator {
    func sort(_ call: FunctionCall, at time: Int64) throws(EvaluationError) -> InstantVector {
        var vector = try vector(call.arguments[0], at: time)
        guard span.start == span.end else {
            annotations.warn(
                "sort is ineffective for range queries "
                    + "since results are always ordered by labels",
                at: call.origin.position
            )
            return vector
        }
        switch call.function {
        case .sort: vector.elements.sort { Self.precedes($0.value, $1.value, ascending: true) }
        case .sortDesc:
            vector.elements.sort { Self.precedes($0.value, $1.value, ascending: false) }
        default:
            var names: [String] = []
            for argument in call.arguments.dropFirst() { names.append(try string(argument).value) }
            let isAscending = call.function == .sortByLabel
            vector.elements.sort { left, right in
                isAscending
                    ? precedes(left, right, by: names) : precedes(right, left, by: names)
            }
        }
        return vector
    }

    /// NaN sorts last in both directions.
    private static func precedes(_ left: Double, _ right: Double, ascending: Bool) -> Bool {
        if left.isNaN || right.isNaN { return !left.isNaN && right.isNaN }
        return ascending ? left < right : left > right
    }

    /// Compares the named labels in natural order, then all labels, which makes the order total.
    private func precedes(
        _ left: VectorElement,
        _ right: VectorElement,
        by names: [String]
    ) -> Bool {
        let (left, right) = (visibleLabels(of: left), visibleLabels(of: right))
        for name in names where left[name] != right[name] {
            return NaturalOrder.precedes(left[name], right[name])
        }
        return left < right
    }
}

/// An order of strings in which runs of digits compare as numbers: `a9` precedes `a10`.
enum NaturalOrder {
    static func precedes(_ left: String, _ right: String) -> Bool {
        let (left, right) = (chunks(left), chunks(right))
        for (ours, theirs) in zip(left, right) where ours != theirs {
            let isNumber = ours.first?.isDigit == true && theirs.first?.isDigit == true
            if !isNumber { return ours.lexicographicallyPrecedes(theirs) }
            let (ourNumber, theirNumber) = (significant(ours), significant(theirs))
            if ourNumber.count != theirNumber.count { return ourNumber.count < theirNumber.count }
            if ourNumber != theirNumber {
                return ourNumber.lexicographicallyPrecedes(theirNumber)
            }
            // The same number; the one with fewer leading zeros comes first.
            return ours.count < theirs.count
        }
        return left.count < right.count
    }

    private static func significant(_ digits: [UInt8]) -> ArraySlice<UInt8> {
        digits.drop { $0 == UInt8(ascii: "0") }
    }

    /// Alternating runs of digits and of other bytes.
    private static func chunks(_ text: String) -> [[UInt8]] {
        var chunks: [[UInt8]] = []
        var wasDigit: Bool?
        for byte in text.utf8 {
            if byte.isDigit == wasDigit {
                chunks[chunks.count - 1].append(byte)
            } else {
                chunks.append([byte])
                wasDigit = byte.isDigit
            }
        }
        return chunks
    }
}
