/// `1 rule`, `2 rules`: for nouns with a regular plural.
func counted(_ number: Int, _ noun: String) -> String {
    number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
}
