extension Function {
    /// The signature as in Prometheus' promql/parser/functions.go.
    package var signature: FunctionSignature {
        switch self {
        case .abs, .acos, .acosh, .asin, .asinh, .atan, .atanh, .ceil, .cos, .cosh, .deg, .exp,
            .floor, .ln, .log10, .log2, .rad, .sgn, .sin, .sinh, .sqrt, .tan, .tanh, .absent,
            .sort, .sortDesc, .timestamp, .histogramAvg, .histogramCount,
            .histogramStddev, .histogramStdvar, .histogramSum:
            FunctionSignature([.instantVector], result: .instantVector)
        case .avgOverTime, .changes, .countOverTime, .delta, .deriv, .firstOverTime, .idelta,
            .increase, .irate, .lastOverTime, .madOverTime, .maxOverTime, .minOverTime,
            .presentOverTime, .rate, .resets, .stddevOverTime, .stdvarOverTime, .sumOverTime,
            .tsOfFirstOverTime, .tsOfLastOverTime, .tsOfMaxOverTime, .tsOfMinOverTime,
            .absentOverTime:
            FunctionSignature([.rangeVector], result: .instantVector)
        case .clamp:
            FunctionSignature([.instantVector, .scalar, .scalar], result: .instantVector)
        case .clampMax, .clampMin:
            FunctionSignature([.instantVector, .scalar], result: .instantVector)
        case .round:
            FunctionSignature([.instantVector, .scalar], .upTo(1), result: .instantVector)
        case .doubleExponentialSmoothing, .holtWinters:
            FunctionSignature([.rangeVector, .scalar, .scalar], result: .instantVector)
        case .predictLinear: FunctionSignature([.rangeVector, .scalar], result: .instantVector)
        case .quantileOverTime:
            FunctionSignature([.scalar, .rangeVector], result: .instantVector)
        case .dayOfMonth, .dayOfWeek, .dayOfYear, .daysInMonth, .hour, .minute, .month, .year:
            FunctionSignature([.instantVector], .upTo(1), result: .instantVector)
        case .labelJoin, .labelReplace, .info, .sortByLabel, .sortByLabelDesc: labelSignature
        case .histogramFraction, .histogramQuantile, .histogramQuantiles: histogramSignature
        case .maxOf, .minOf: FunctionSignature([.scalar, .scalar], result: .scalar)
        case .pi, .time, .start, .end, .step, .range: FunctionSignature([], result: .scalar)
        case .scalar: FunctionSignature([.instantVector], result: .scalar)
        case .vector: FunctionSignature([.scalar], result: .instantVector)
        }
    }

    private var labelSignature: FunctionSignature {
        switch self {
        case .labelReplace:
            FunctionSignature(
                [.instantVector, .string, .string, .string, .string],
                result: .instantVector
            )
        case .labelJoin:
            FunctionSignature(
                [.instantVector, .string, .string, .string],
                .any,
                result: .instantVector
            )
        case .info:
            FunctionSignature([.instantVector, .instantVector], .upTo(1), result: .instantVector)
        default: FunctionSignature([.instantVector, .string], .any, result: .instantVector)
        }
    }

    private var histogramSignature: FunctionSignature {
        switch self {
        case .histogramFraction:
            FunctionSignature([.scalar, .scalar, .instantVector], result: .instantVector)
        case .histogramQuantile:
            FunctionSignature([.scalar, .instantVector], result: .instantVector)
        default:
            FunctionSignature(
                [.instantVector, .string, .scalar, .scalar],
                .upTo(9),
                result: .instantVector
            )
        }
    }

    /// The present name of a function that Prometheus 3.0 renamed.
    var successor: Function? {
        self == .holtWinters ? .doubleExponentialSmoothing : nil
    }

    /// Whether the parser accepts the function only with `allowsExperimentalFunctions` (as of
    /// Prometheus 3.14).
    package var isExperimental: Bool {
        switch self {
        case .doubleExponentialSmoothing, .end, .histogramQuantiles, .info, .madOverTime, .maxOf,
            .minOf, .range, .sortByLabel, .sortByLabelDesc, .start, .step,
            .tsOfFirstOverTime, .tsOfLastOverTime, .tsOfMaxOverTime, .tsOfMinOverTime:
            true
        default: false
        }
    }
}
