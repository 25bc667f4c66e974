import PromQL

/// Whether the result of an expression can have a label.
enum LabelPresence {
    /// `false` only if no element of the result can have it, whatever the data.
    static func mayHave(_ label: String, _ expression: Expression) -> Bool {
        true
    }
}
