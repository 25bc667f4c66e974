import Foundation
import TestSupport
import Testing

@testable import Exposition

private func text(_ value: Double) -> String {
    var bytes: [UInt8] = []
    NumberFormat.append(value, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
}

private func floatText(_ value: Double) -> String {
    var bytes: [UInt8] = []
    NumberFormat.appendFloat(value, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
}

@Test(
    "numbers are written as Go writes them",
    arguments: [
        (0, "0"), (-0.0, "-0"), (1, "1"), (-1, "-1"), (200, "200"), (0.005, "0.005"),
        (0.1 + 0.2, "0.30000000000000004"), (999_999, "999999"), (1_000_000, "1e+06"),
        (1_234_567, "1.234567e+06"), (1_234_567.5, "1.2345675e+06"), (999_999.5, "999999.5"),
        (1_763_932_800, "1.7639328e+09"), (1_763_932_800.05, "1.76393280005e+09"),
        (9_007_199_254_740_992, "9.007199254740992e+15"), (1e15, "1e+15"), (1e16, "1e+16"),
        (1e21, "1e+21"), (1.5e300, "1.5e+300"), (0.0001, "0.0001"), (0.00001, "1e-05"),
        (0.000123, "0.000123"), (1.7976931348623157e308, "1.7976931348623157e+308"),
        (.leastNonzeroMagnitude, "5e-324"), (18_446_744_073_709_551_616, "1.8446744073709552e+19"),
        (.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"),
    ] as [(Double, String)]
)
func goNumbers(value: Double, expected: String) {
    #expect(text(value) == expected)
}

@Test(
    "a float is never to be taken for an integer",
    arguments: [
        (0, "0.0"), (1, "1.0"), (-1, "-1.0"), (10, "10.0"), (0.25, "0.25"), (1e6, "1e+06"),
        (123_456, "123456.0"), (.infinity, "+Inf"), (.nan, "NaN"), (1e-7, "1e-07"),
    ] as [(Double, String)]
)
func floats(value: Double, expected: String) {
    #expect(floatText(value) == expected)
}

/// The obvious way: the first precision of C's `%e` that round-trips, formatted by Go's rule.
private func slowText(_ value: Double) -> String {
    for precision in 0..<17 {
        let scientific = String(format: "%.\(precision)e", value)
        guard Double(scientific) == value else { continue }
        let parts = scientific.split(separator: "e")
        let exponent = Int(parts[1]) ?? 0
        guard exponent < -4 || exponent >= 6 else {
            return String(format: "%.\(max(0, precision - exponent))f", value)
        }
        return scientific
    }
    return String(format: "%.16e", value)
}

@Test("numbers of every size agree with the slow method and round-trip")
func randomNumbers() {
    var generator = SeededRandom(seed: 1)
    for _ in 0..<4_000 {
        let exponent = Double.random(in: -12...20, using: &generator)
        let sample = Double.random(in: -1...1, using: &generator) * pow(10, exponent)
        for value in [sample, sample.rounded(), (sample * 100).rounded() / 100] {
            #expect(text(value) == slowText(value))
            #expect(Double(text(value)) == value)
        }
    }
}

@Test("counts are written as integers", arguments: [0, 9, 10, 99, 100, UInt64.max])
func counts(value: UInt64) {
    var bytes: [UInt8] = []
    NumberFormat.append(value, to: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == "\(value)")
}
