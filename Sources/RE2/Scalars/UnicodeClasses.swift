/// The classes of `\p{...}`: general categories and the scripts of `ScriptRanges`.
enum UnicodeClasses {
    /// nil for an unknown name. Case, spaces, hyphens and underscores are ignored, as in Go.
    static func named(_ name: String) -> ScalarSet? {
        let key = name.lowercased().filter { !"-_ ".contains($0) }
        switch key {
        case "any": return .all
        case "ascii": return ScalarSet([0...0x7f])
        case "assigned": return categories(["Cn"]).inverted
        case "lc": return categories(["Lu", "Ll", "Lt"])
        // In Go, C excludes unassigned code points.
        case "c": return categories(["Cc", "Cf", "Co", "Cs"])
        default: break
        }
        let codes = categoryCodes.filter { $0.lowercased().hasPrefix(key) }
        if (1...2).contains(key.utf8.count), !codes.isEmpty { return categories(codes) }
        return ScriptRanges.ranges(of: key).map { ScalarSet($0) }
    }

    private static func categories(_ codes: [String]) -> ScalarSet {
        let numbers = Set(codes.compactMap { categoryCodes.firstIndex(of: $0) })
        return ScalarSet(runs.filter { numbers.contains($0.category) }.map(\.range))
    }

    private static let categoryCodes = [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe",
        "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn",
    ]

    private static func code(of scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter: 0
        case .lowercaseLetter: 1
        case .titlecaseLetter: 2
        case .modifierLetter: 3
        case .otherLetter: 4
        case .nonspacingMark: 5
        case .spacingMark: 6
        case .enclosingMark: 7
        case .decimalNumber: 8
        case .letterNumber: 9
        case .otherNumber: 10
        case .connectorPunctuation: 11
        case .dashPunctuation: 12
        case .openPunctuation: 13
        case .closePunctuation: 14
        case .initialPunctuation: 15
        case .finalPunctuation: 16
        case .otherPunctuation: 17
        case .mathSymbol: 18
        case .currencySymbol: 19
        case .modifierSymbol: 20
        case .otherSymbol: 21
        case .spaceSeparator: 22
        case .lineSeparator: 23
        case .paragraphSeparator: 24
        case .control: 25
        case .format: 26
        case .surrogate: 27
        case .privateUse: 28
        case .unassigned: 29
        @unknown default: 29
        }
    }

    /// All of Unicode as ranges with one category each. Built on first use, because reading the
    /// category of every scalar takes noticeable time.
    private static let runs: [(range: ClosedRange<UInt32>, category: Int)] = {
        let surrogate = code("Cs")
        var runs: [(range: ClosedRange<UInt32>, category: Int)] = []
        var value: UInt32 = 0
        while value <= ScalarSet.maximum {
            // Skips the four ranges that make up most of the code space.
            let known = uniform.first { $0.range.contains(value) }
            let category = known?.category ?? Unicode.Scalar(value).map(code) ?? surrogate
            let end = known?.range.upperBound ?? value
            if let last = runs.last, last.category == category {
                runs[runs.count - 1].range = last.range.lowerBound...end
            } else {
                runs.append((value...end, category))
            }
            value = end + 1
        }
        return runs
    }()

    private static let uniform: [(range: ClosedRange<UInt32>, category: Int)] = [
        (0x4e00...0x9fff, code("Lo")),
        (0x4_0000...0xd_ffff, code("Cn")),
        (0xf_0000...0xf_fffd, code("Co")),
        (0x10_0000...0x10_fffd, code("Co")),
    ]

    private static func code(_ name: String) -> Int {
        categoryCodes.firstIndex(of: name) ?? categoryCodes.count
    }
}
