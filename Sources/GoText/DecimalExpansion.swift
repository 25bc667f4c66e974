/// A finite number in decimal digits, without leading or trailing zeros: `0.d1d2d3... *
/// 10^exponent`.
///
/// Rounding must be exact, because Go's is: the digits come from integer arithmetic rather than
/// from floating-point division.
struct DecimalExpansion: Hashable {
    private(set) var digits: [UInt8]
    private(set) var exponent: Int

    private init(digits: [UInt8], exponent: Int) {
        let leadingZeros = digits.prefix { $0 == 0 }.count
        self.digits = Array(digits.dropFirst(leadingZeros))
        while self.digits.last == 0 { self.digits.removeLast() }
        self.exponent = self.digits.isEmpty ? 0 : exponent - leadingZeros
    }

    /// All digits of the magnitude of a finite number; a `Double` has up to 767.
    init(exactly value: Double) {
        // value = significand * 2^power, and 2^-k = 5^k / 10^k.
        let hasHiddenBit = value.exponentBitPattern != 0
        let significand = value.significandBitPattern | (hasHiddenBit ? 1 << 52 : 0)
        let power = Int(hasHiddenBit ? value.exponentBitPattern : 1) - 1075
        var integer = BigDecimalInteger(significand)
        integer.multiply(by: power < 0 ? 5 : 2, times: abs(power))
        let digits = integer.digits
        self.init(digits: digits, exponent: digits.count + min(power, 0))
    }

    /// The fewest digits that read back as the same finite number.
    init(shortest value: Double) {
        // Swift prints exactly these digits, as `123.45` or `1.2345e-07`.
        let parts = value.magnitude.description.split(separator: "e")
        let mantissa = (parts.first ?? "0").split(separator: ".", omittingEmptySubsequences: false)
        let whole = mantissa.first ?? ""
        let fraction = mantissa.count > 1 ? mantissa[1] : ""
        let shift = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        self.init(
            digits: (whole + fraction).utf8.map { $0 - UInt8(ascii: "0") },
            exponent: whole.utf8.count + shift
        )
    }

    /// Rounds half to even, to `count` digits. A negative count gives zero.
    func rounded(toDigits count: Int) -> DecimalExpansion {
        guard count < digits.count else { return self }
        guard count >= 0 else { return DecimalExpansion(digits: [], exponent: 0) }
        var kept = Array(digits[..<count])
        guard roundsUp(at: count) else { return DecimalExpansion(digits: kept, exponent: exponent) }
        var index = count - 1
        while index >= 0, kept[index] == 9 {
            kept[index] = 0
            index -= 1
        }
        guard index >= 0 else { return DecimalExpansion(digits: [1], exponent: exponent + 1) }
        kept[index] += 1
        return DecimalExpansion(digits: kept, exponent: exponent)
    }

    private func roundsUp(at index: Int) -> Bool {
        // There are no trailing zeros, so a final 5 is exactly half.
        if digits[index] == 5, index == digits.count - 1 {
            return index > 0 && digits[index - 1] % 2 == 1
        }
        return digits[index] >= 5
    }

    /// The digit worth `10^(exponent - index - 1)`; zero outside the digits.
    subscript(index: Int) -> UInt8 {
        digits.indices.contains(index) ? digits[index] : 0
    }
}

/// A natural number in limbs of nine decimal digits, the least significant first.
private struct BigDecimalInteger {
    private static let base: UInt64 = 1_000_000_000
    private var limbs: [UInt32] = []

    init(_ value: UInt64) {
        var rest = value
        while rest > 0 {
            limbs.append(UInt32(rest % Self.base))
            rest /= Self.base
        }
    }

    mutating func multiply(by factor: UInt64, times count: Int) {
        var rest = count
        while rest > 0 {
            // 5^12 is the largest power of five below the base.
            let step = min(rest, 12)
            multiply(by: (0..<step).reduce(1) { product, _ in product * factor })
            rest -= step
        }
    }

    private mutating func multiply(by factor: UInt64) {
        var carry: UInt64 = 0
        for index in limbs.indices {
            let product = UInt64(limbs[index]) * factor + carry
            limbs[index] = UInt32(product % Self.base)
            carry = product / Self.base
        }
        if carry > 0 { limbs.append(UInt32(carry)) }
    }

    /// The most significant first, with leading zeros from the first limb.
    var digits: [UInt8] {
        limbs.reversed().flatMap { limb -> [UInt8] in
            var rest = limb
            var digits = [UInt8](repeating: 0, count: 9)
            for index in digits.indices.reversed() {
                digits[index] = UInt8(rest % 10)
                rest /= 10
            }
            return digits
        }
    }
}
