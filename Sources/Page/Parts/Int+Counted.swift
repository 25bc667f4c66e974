extension Int {
    /// `1 rule`, `2 rules`: for nouns with a regular plural.
    func counted(_ noun: String) -> String { self == 1 ? "1 \(noun)" : "\(self) \(noun)s" }
}
