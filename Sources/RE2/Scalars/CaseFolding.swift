/// Unicode simple case folding, which `(?i)` applies to all literals and classes.
///
/// Derived from the case mappings of the standard library on first use: the table covers all of
/// Unicode, and most processes never need `(?i)` beyond ASCII.
enum CaseFolding {
    /// For each scalar that has case variants, all scalars that fold to the same character.
    private static let orbits: [UInt32: [UInt32]] = {
        var members: [UInt32: Set<UInt32>] = [:]
        for value in firstCased...lastCased {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let relatives = relatives(of: scalar)
            guard !relatives.isEmpty else { continue }
            // Orbits that share a member are merged: both σ and ς map to Σ.
            var orbit = relatives.union([value])
            for member in orbit { orbit.formUnion(members[member] ?? []) }
            for member in orbit { members[member] = orbit }
        }
        return members.mapValues { $0.sorted() }
    }()

    private static let firstCased: UInt32 = 0x41
    /// The last cased scalar is in the Adlam block.
    private static let lastCased: UInt32 = 0x1e943

    private static func relatives(of scalar: Unicode.Scalar) -> Set<UInt32> {
        let mappings = [
            scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping,
            scalar.properties.titlecaseMapping,
        ]
        var relatives: Set<UInt32> = []
        for mapping in mappings {
            let mapped = mapping.unicodeScalars
            // Simple folding excludes mappings to several scalars, such as ß to SS.
            guard mapped.count == 1, let only = mapped.first, only != scalar else { continue }
            relatives.insert(only.value)
        }
        // İ and ı map to i and I, but fold only in Turkic locales.
        return [0x130, 0x131].contains(scalar.value) ? [] : relatives
    }

    /// The set extended by all case variants of its members.
    static func folded(_ set: ScalarSet) -> ScalarSet {
        // A fast path for the common case that needs no table.
        if let last = set.ranges.last, last.upperBound < 0x80 { return foldedASCII(set) }
        if let members = set.members(limit: 64) {
            let added = members.flatMap { (orbits[$0] ?? []).map { $0...$0 } }
            return set.union(ScalarSet(added))
        }
        guard set.count < Int(ScalarSet.maximum) else { return set }
        var added: [ClosedRange<UInt32>] = []
        for (scalar, orbit) in orbits where set.contains(scalar) {
            added += orbit.map { $0...$0 }
        }
        return set.union(ScalarSet(added))
    }

    private static func foldedASCII(_ set: ScalarSet) -> ScalarSet {
        var added: [ClosedRange<UInt32>] = []
        for upper: UInt32 in 0x41...0x5a {
            let lower = upper + 0x20
            guard set.contains(upper) || set.contains(lower) else { continue }
            added += [upper...upper, lower...lower]
            // The Kelvin sign and the long s fold to ASCII letters.
            if lower == 0x6b { added.append(0x212a...0x212a) }
            if lower == 0x73 { added.append(0x17f...0x17f) }
        }
        return set.union(ScalarSet(added))
    }
}
