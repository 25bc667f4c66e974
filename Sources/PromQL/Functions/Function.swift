/// A function of the query language; the raw value is its name.
package enum Function: String, CaseIterable, Hashable, Sendable {
    // Of one number.
    case abs, acos, acosh, asin, asinh, atan, atanh, ceil, cos, cosh, deg, exp, floor, ln, log10
    case log2, rad, sgn, sin, sinh, sqrt, tan, tanh
    case clamp, round
    case clampMax = "clamp_max"
    case clampMin = "clamp_min"

    // Of a range.
    case changes, delta, deriv, idelta, increase, irate, rate, resets
    case avgOverTime = "avg_over_time"
    case countOverTime = "count_over_time"
    case doubleExponentialSmoothing = "double_exponential_smoothing"
    /// The name of `double_exponential_smoothing` before Prometheus 3.0.
    case holtWinters = "holt_winters"
    case firstOverTime = "first_over_time"
    case lastOverTime = "last_over_time"
    case madOverTime = "mad_over_time"
    case maxOverTime = "max_over_time"
    case minOverTime = "min_over_time"
    case predictLinear = "predict_linear"
    case presentOverTime = "present_over_time"
    case quantileOverTime = "quantile_over_time"
    case stddevOverTime = "stddev_over_time"
    case stdvarOverTime = "stdvar_over_time"
    case sumOverTime = "sum_over_time"
    case tsOfFirstOverTime = "ts_of_first_over_time"
    case tsOfLastOverTime = "ts_of_last_over_time"
    case tsOfMaxOverTime = "ts_of_max_over_time"
    case tsOfMinOverTime = "ts_of_min_over_time"

    // Of presence.
    case absent
    case absentOverTime = "absent_over_time"

    // Of labels and order.
    case labelJoin = "label_join"
    case labelReplace = "label_replace"
    case info, sort
    case sortDesc = "sort_desc"
    case sortByLabel = "sort_by_label"
    case sortByLabelDesc = "sort_by_label_desc"

    // Of histograms.
    case histogramAvg = "histogram_avg"
    case histogramCount = "histogram_count"
    case histogramFraction = "histogram_fraction"
    case histogramQuantile = "histogram_quantile"
    case histogramQuantiles = "histogram_quantiles"
    case histogramStddev = "histogram_stddev"
    case histogramStdvar = "histogram_stdvar"
    case histogramSum = "histogram_sum"

    // Of time.
    case hour, minute, month, time, timestamp, year
    case dayOfMonth = "day_of_month"
    case dayOfWeek = "day_of_week"
    case dayOfYear = "day_of_year"
    case daysInMonth = "days_in_month"
    case start, end, step, range

    // Of scalars.
    case maxOf = "max_of"
    case minOf = "min_of"
    case pi, scalar, vector
}

/// The parameter and result types of a function.
package struct FunctionSignature: Hashable, Sendable {
    package let parameters: [ValueType]
    /// Which optional arguments may follow the required ones.
    package let optional: Optionals
    package let result: ValueType

    package enum Optionals: Hashable, Sendable {
        case none
        /// The last parameter may be omitted or occur up to this many times.
        case upTo(Int)
        /// The last parameter may be omitted or occur any number of times.
        case any
    }

    init(_ parameters: [ValueType], _ optional: Optionals = .none, result: ValueType) {
        self.parameters = parameters
        self.optional = optional
        self.result = result
    }

    package var minimumCount: Int {
        optional == .none ? parameters.count : parameters.count - 1
    }

    /// nil if there is no limit.
    package var maximumCount: Int? {
        switch optional {
        case .none: parameters.count
        case .upTo(let count): parameters.count - 1 + count
        case .any: nil
        }
    }

    /// The type of the argument at a position. Arguments beyond the last parameter have its type.
    package func type(ofArgument index: Int) -> ValueType? {
        index < parameters.count ? parameters[index] : parameters.last
    }
}
