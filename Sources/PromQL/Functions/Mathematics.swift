import Glibc

/// Mathematical functions that the standard library lacks. The only use of the C library in this
/// target.
enum Mathematics {
    static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

    /// The remainder has the sign of the dividend.
    static func remainder(_ dividend: Double, _ divisor: Double) -> Double {
        fmod(dividend, divisor)
    }

    static func atan2(_ y: Double, _ x: Double) -> Double { Glibc.atan2(y, x) }

    /// Functions of one number that have the same name in C; nil for all others.
    static func function(_ function: Function) -> ((Double) -> Double)? {
        switch function {
        case .acos: { Glibc.acos($0) }
        case .acosh: { Glibc.acosh($0) }
        case .asin: { Glibc.asin($0) }
        case .asinh: { Glibc.asinh($0) }
        case .atan: { Glibc.atan($0) }
        case .atanh: { Glibc.atanh($0) }
        case .cos: { Glibc.cos($0) }
        case .cosh: { Glibc.cosh($0) }
        case .exp: { Glibc.exp($0) }
        case .ln: { Glibc.log($0) }
        case .log10: { Glibc.log10($0) }
        case .log2: { Glibc.log2($0) }
        case .sin: { Glibc.sin($0) }
        case .sinh: { Glibc.sinh($0) }
        case .tan: { Glibc.tan($0) }
        case .tanh: { Glibc.tanh($0) }
        default: nil
        }
    }
}
