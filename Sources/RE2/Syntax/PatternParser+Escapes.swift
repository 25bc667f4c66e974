extension PatternParser {
    /// Parses a backslash outside brackets.
    mutating func parseBackslash() throws(RegularExpressionError) {
        switch peek(1) {
        case "A": skip(2, pushing: .assertion(.textStart))
        case "z": skip(2, pushing: .assertion(.textEnd))
        case "b": skip(2, pushing: .assertion(.wordBoundary))
        case "B": skip(2, pushing: .assertion(.noWordBoundary))
        case "Q": parseQuotation()
        default:
            if let set = try parseClassEscape() {
                push(.scalar(set))
            } else {
                pushLiteral(try parseEscape())
            }
        }
    }

    private mutating func skip(_ count: Int, pushing node: PatternNode) {
        position += count
        push(node)
    }

    /// Parses `\Q...\E`, in which every scalar is literal. Without `\E` it extends to the end of
    /// the pattern.
    private mutating func parseQuotation() {
        position += 2
        while let scalar = peek() {
            if scalar == "\\", peek(1) == "E" {
                position += 2
                return
            }
            position += 1
            pushLiteral(scalar.value)
        }
    }

    /// Parses `\d` and the like, `\pL` and `\p{Greek}`. Returns nil and consumes nothing if none
    /// follows.
    mutating func parseClassEscape() throws(RegularExpressionError) -> ScalarSet? {
        guard peek() == "\\", let letter = peek(1) else { return nil }
        if letter == "p" || letter == "P" { return try parseUnicodeClass() }
        // Folds before inverting, so that `\W` with (?i) excludes what folds into `\w`.
        let positive = Unicode.Scalar(letter.value | 0x20) ?? letter
        guard let set = NamedClasses.perl(letter), let base = NamedClasses.perl(positive) else {
            return nil
        }
        position += 2
        guard flags.ignoresCase else { return set }
        return letter == positive ? folded(base) : folded(base).inverted
    }

    private mutating func parseUnicodeClass() throws(RegularExpressionError) -> ScalarSet {
        let start = position
        var isNegated = peek(1) == "P"
        position += 2
        var name: ArraySlice<Unicode.Scalar>
        if peek() == "{" {
            guard let end = scalars[start...].firstIndex(of: "}") else {
                throw error(.invalidClassRange, from: start, to: scalars.count)
            }
            name = scalars[(position + 1)..<end]
            position = end + 1
        } else {
            name = scalars[position..<min(position + 1, scalars.count)]
            position = name.endIndex
        }
        if name.first == "^" {
            isNegated.toggle()
            name = name.dropFirst()
        }
        guard let set = UnicodeClasses.named(text(name)) else {
            throw error(.invalidClassRange, from: start)
        }
        return isNegated ? folded(set).inverted : folded(set)
    }

    /// Parses an escape that denotes one scalar.
    mutating func parseEscape() throws(RegularExpressionError) -> UInt32 {
        let start = position
        position += 1
        guard let scalar = take() else { throw error(.trailingBackslash, from: scalars.count) }
        switch scalar {
        case "0": return takeOctal(first: scalar)
        case "1"..."7":
            // A single digit would be a backreference, which cannot be matched in linear time.
            if let next = peek(), ("0"..."7").contains(next) { return takeOctal(first: scalar) }
        case "x": if let value = takeHexadecimal() { return value }
        case "a": return 0x07
        case "f": return 0x0c
        case "n": return 0x0a
        case "r": return 0x0d
        case "t": return 0x09
        case "v": return 0x0b
        case _ where scalar.isASCII && !scalar.isASCIIAlphanumeric: return scalar.value
        default: break
        }
        throw error(.invalidEscape, from: start)
    }

    /// Takes up to two more octal digits after `first`.
    private mutating func takeOctal(first: Unicode.Scalar) -> UInt32 {
        var value = first.value - 0x30
        for _ in 0..<2 {
            guard let digit = peek(), ("0"..."7").contains(digit) else { break }
            value = value * 8 + digit.value - 0x30
            position += 1
        }
        return value
    }

    /// Takes the digits after `\x`: two, or any number of them in braces.
    private mutating func takeHexadecimal() -> UInt32? {
        guard let first = take() else { return nil }
        guard first == "{" else {
            guard let second = take(), let high = first.hexadecimalValue,
                let low = second.hexadecimalValue
            else { return nil }
            return high * 16 + low
        }
        var value: UInt32?
        while let scalar = take(), scalar != "}" {
            guard let digit = scalar.hexadecimalValue else { return nil }
            let next = (value ?? 0) * 16 + digit
            guard next <= ScalarSet.maximum else { return nil }
            value = next
        }
        return scalars[position - 1] == "}" ? value : nil
    }
}

extension Unicode.Scalar {
    fileprivate var isASCIIAlphanumeric: Bool {
        switch self {
        case "0"..."9", "A"..."Z", "a"..."z": true
        default: false
        }
    }

    fileprivate var hexadecimalValue: UInt32? {
        switch self {
        case "0"..."9": value - 0x30
        case "a"..."f": value - 0x61 + 10
        case "A"..."F": value - 0x41 + 10
        default: nil
        }
    }
}
