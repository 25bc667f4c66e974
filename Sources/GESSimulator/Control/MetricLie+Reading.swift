import JSON
import Time

extension MetricLie {
    /// Nil for a kind of fault that is none of these.
    init?(_ kind: String, _ body: inout ControlBody) throws(ControlError) {
        switch kind {
        case "late_metrics": self = .late(by: try body.seconds("delay_seconds") ?? .seconds(900))
        case "lacking_metrics": self = .lacking(Set(try body.words("metrics")))
        case "partial_metrics":
            self = .partial(entries: try body.integer("entries", in: 0...10_000) ?? 1)
        case "metric_unit": self = .unit(try body.string("unit") ?? "unknown")
        case "metric_value": self = .value(body.value("value") ?? "NaN")
        case "metric_graph":
            self = .graph(try body.string("graph_id") ?? "00000000-0000-4000-8000-000000000000")
        case "metric_times":
            let seconds = try body.number("error_seconds", in: -1e9...1e9) ?? 86_400
            self = .times(off: .milliseconds(Int64(seconds * 1000)))
        case "refused_metric": self = .refusing(try body.required("metric"))
        case "endless_metrics": self = .endless
        case "repeated_metrics": self = .repeated
        default: return nil
        }
    }
}
