import PromQL
import Series
import Time

extension Timestamp {
    static func seconds(_ seconds: Double) -> Timestamp { Timestamp(seconds: seconds) }
}

/// A store filled from lines such as `up{job="a"} 1 0 _ 1`: one value per interval, `_` for none,
/// `stale` for a staleness marker.
func store(every seconds: Int = 60, _ lines: String) throws -> SeriesStore {
    var store = SeriesStore(retention: .seconds(1_000_000), maximumSeries: 10_000)
    for line in lines.split(separator: "\n") {
        // Values come after the last brace, or after the name.
        let end = line.lastIndex(of: "}").map { line.index(after: $0) }
        let split = end ?? line.firstIndex(of: " ") ?? line.endIndex
        let labels = try Expression.parseSeries(String(line[..<split]))
        for (index, text) in line[split...].split(separator: " ").enumerated() where text != "_" {
            let value = text == "stale" ? Staleness.marker : try number(text)
            store.append(labels, value, at: .seconds(Double(index * seconds)))
        }
    }
    return store
}

func number(_ text: some StringProtocol) throws -> Double {
    switch text {
    case "NaN": return .nan
    case "Inf", "+Inf": return .infinity
    case "-Inf": return -.infinity
    default:
        guard let value = Double(text) else { throw FixtureError(text: String(text)) }
        return value
    }
}

struct FixtureError: Error {
    let text: String
}

/// The elements of an instant query as `{labels} value`, in order.
func elements(
    _ query: String,
    at seconds: Double = 0,
    in store: SeriesStore,
    options: EngineOptions = EngineOptions()
) throws -> [String] {
    let expression = try Expression.parse(query, options: .experimental)
    let value = try Engine(options: options).instant(expression, at: .seconds(seconds), in: store)
    switch value {
    case .scalar(let number, _): return [shown(number)]
    case .string(let text): return [text]
    case .vector(let samples):
        return samples.map { "\($0.labels.seriesDescription) \(shown($0.value))" }
    case .matrix(let series):
        return series.map { series in
            let points = series.points.map { shown($0.value) }.joined(separator: " ")
            return "\(series.labels.seriesDescription) \(points)"
        }
    }
}

/// A short form that is the same for numbers within a rounding error.
func shown(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf" }
    guard value.magnitude < 1e9 else { return "\(value)" }
    let rounded = (value * 1e6).rounded() / 1e6
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
}

func isClose(_ left: Double, _ right: Double) -> Bool {
    if left.isNaN || right.isNaN { return left.isNaN && right.isNaN }
    if left == right { return true }
    return (left - right).magnitude <= 1e-9 * max(left.magnitude, right.magnitude, 1)
}
