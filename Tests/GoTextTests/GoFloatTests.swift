import Foundation
import GoText
import TestSupport
import Testing

@Suite("A number printed like in Go")
struct GoFloatTests {
    /// The C library's printf agrees with Go's except for infinities, NaN and the shortest form.
    @Test("agrees with the C library", arguments: [1 as UInt64, 2, 3])
    func cLibrary(seed: UInt64) {
        var generator = SeededRandom(seed: seed)
        let samples = (0..<1500).map { _ in
            Double(bitPattern: UInt64.random(in: .min ... .max, using: &generator))
        }
        // Ties, which only exact arithmetic rounds to even.
        let ties = (0..<500).map { _ in
            Double(Int.random(in: -4000...4000, using: &generator)) / 16
        }
        for value in (samples + ties).filter(\.isFinite) {
            let precision = Int.random(in: 0...20, using: &generator)
            for (style, verb) in [
                (GoFloat.Style.scientific, "e"), (.fixed, "f"), (.general, "g"),
            ] {
                let expected = String(format: "%.\(precision)\(verb)", value)
                #expect(GoFloat.format(value, style, precision: precision) == expected)
            }
        }
    }

    @Test("the shortest form round-trips", arguments: [1 as UInt64, 2])
    func roundTrip(seed: UInt64) {
        var generator = SeededRandom(seed: seed)
        for _ in 0..<2000 {
            let value = Double(bitPattern: UInt64.random(in: .min ... .max, using: &generator))
            guard value.isFinite else { continue }
            for style in [GoFloat.Style.scientific, .general] {
                #expect(Double(GoFloat.format(value, style)) == value)
            }
        }
    }

    @Test(
        "the shortest form is that of Go",
        arguments: [
            (0, "0", "0e+00"), (-0.0, "-0", "-0e+00"), (1, "1", "1e+00"), (1e20, "1e+20", "1e+20"),
            (123_456, "123456", "1.23456e+05"), (1_234_567, "1.234567e+06", "1.234567e+06"),
            (0.0001, "0.0001", "1e-04"), (0.00001, "1e-05", "1e-05"),
            (.leastNonzeroMagnitude, "5e-324", "5e-324"),
            (.infinity, "+Inf", "+Inf"), (-.infinity, "-Inf", "-Inf"), (.nan, "NaN", "NaN"),
        ]
    )
    func shortest(value: Double, general: String, scientific: String) {
        #expect(GoFloat.format(value) == general)
        #expect(GoFloat.format(value, .scientific) == scientific)
    }
}
