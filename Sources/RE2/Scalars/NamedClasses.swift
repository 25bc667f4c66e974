/// The named ASCII classes: those of Perl (`\d`) and of POSIX (`[:alpha:]`).
enum NamedClasses {
    static func perl(_ letter: Unicode.Scalar) -> ScalarSet? {
        switch letter {
        case "d": digit
        case "D": digit.inverted
        case "s": perlSpace
        case "S": perlSpace.inverted
        case "w": word
        case "W": word.inverted
        default: nil
        }
    }

    /// The class named between `[:` and `:]`, without a leading `^`.
    static func posix(_ name: String) -> ScalarSet? {
        switch name {
        case "alnum": digit.union(upper).union(lower)
        case "alpha": upper.union(lower)
        case "ascii": ScalarSet([0...0x7f])
        case "blank": ScalarSet([0x09...0x09, 0x20...0x20])
        case "cntrl": ScalarSet([0...0x1f, 0x7f...0x7f])
        case "digit": digit
        case "graph": ScalarSet([0x21...0x7e])
        case "lower": lower
        case "print": ScalarSet([0x20...0x7e])
        case "punct": ScalarSet([0x21...0x2f, 0x3a...0x40, 0x5b...0x60, 0x7b...0x7e])
        case "space": ScalarSet([0x09...0x0d, 0x20...0x20])
        case "upper": upper
        case "word": word
        case "xdigit": ScalarSet([0x30...0x39, 0x41...0x46, 0x61...0x66])
        default: nil
        }
    }

    private static let digit = ScalarSet([0x30...0x39])
    private static let upper = ScalarSet([0x41...0x5a])
    private static let lower = ScalarSet([0x61...0x7a])
    /// Unlike `[:space:]`, `\s` excludes the vertical tab.
    private static let perlSpace = ScalarSet([0x09...0x0a, 0x0c...0x0d, 0x20...0x20])
    static let word = ScalarSet([0x30...0x39, 0x41...0x5a, 0x5f...0x5f, 0x61...0x7a])
}
