/// The type of an expression.
package enum ValueType: String, Hashable, Sendable, CustomStringConvertible {
    case scalar
    case string
    case instantVector = "vector"
    case rangeVector = "matrix"

    /// The name used in Prometheus' documentation and error messages.
    package var description: String {
        switch self {
        case .scalar: "scalar"
        case .string: "string"
        case .instantVector: "instant vector"
        case .rangeVector: "range vector"
        }
    }
}
