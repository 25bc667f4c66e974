import Cycle
import Synchronization
import Time

/// Records what an agent exports, as a Prometheus that scrapes each of its polls would.
final class RunRecorder: Sendable {
    private struct Series {
        let labels: String
        var samples: [(milliseconds: Int64, value: Double)] = []
    }

    private struct Identity: Hashable {
        let metric: GraphMetric
        let labelValues: [String]
    }

    private let series = Mutex<[Identity: Series]>([:])

    func note(_ status: Status) {
        guard status.work.readings != nil else { return }
        series.withLock { series in
            for sample in status.samples {
                let identity = Identity(metric: sample.metric, labelValues: sample.labelValues)
                series[identity, default: Series(labels: sample.text)].samples.append(
                    (status.at.milliseconds, sample.value)
                )
            }
        }
    }

    /// OpenMetrics text with times, series by series.
    var text: String {
        let sorted = series.withLock { $0.values.sorted { $0.labels < $1.labels } }
        var text = ""
        for series in sorted {
            for (milliseconds, value) in series.samples {
                let decimals = String(milliseconds % 1000 + 1000).dropFirst()
                text += "\(series.labels) \(value) \(milliseconds / 1000).\(decimals)\n"
            }
        }
        return text + "# EOF\n"
    }
}

extension GraphSample {
    /// The series in the notation of OpenMetrics.
    fileprivate var text: String {
        let pairs = zip(metric.labelNames, labelValues).map { name, value in
            let escaped = value.map { character in
                switch character {
                case "\\": "\\\\"
                case "\"": "\\\""
                case "\n": "\\n"
                default: String(character)
                }
            }
            return "\(name)=\"\(escaped.joined())\""
        }
        return "\(metric.rawValue){\(pairs.joined(separator: ","))}"
    }
}
