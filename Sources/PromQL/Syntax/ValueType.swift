/// What an expression yields.
package enum ValueType: String, Hashable, Sendable, CustomStringConvertible {
    case scalar
    case string
    case instantVector = "vector"
    case rangeVector = "matrix"

    /// As the documentation of the language and its error messages call it.
    package var description: String {
        switch self {
        case .scalar: "scalar"
        case .string: "string"
        case .instantVector: "instant vector"
        case .rangeVector: "range vector"
        }
    }
}
