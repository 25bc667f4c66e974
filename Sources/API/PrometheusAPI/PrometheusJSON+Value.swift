import GoText
import PromQL
import Series
import Time

/// The timings of a query, as in Prometheus' `stats`. Preparing and sorting are part of the
/// evaluation here, so their own timings are zero.
struct QueryTimings {
    var queued: Duration
    var evaluation = Duration.zero
}

extension Value {
    /// Keeps at most `limit` elements; 0 is no limit. Returns whether elements were removed.
    mutating func truncate(to limit: Int) -> Bool {
        switch self {
        case .vector(let samples) where limit > 0 && samples.count > limit:
            self = .vector(Array(samples.prefix(limit)))
        case .matrix(let series) where limit > 0 && series.count > limit:
            self = .matrix(Array(series.prefix(limit)))
        case .vector, .matrix, .scalar, .string: return false
        }
        return true
    }
}

extension Value {
    /// `{"resultType":"vector","result":[...]}`
    ///
    /// - Parameter time: the evaluation time.
    func answer(
        at time: Timestamp,
        warnings: [String],
        infos: [String],
        _ timings: QueryTimings?
    ) -> ChunkedAnswer {
        let size = size
        return QueryReply.array(
            size.elements,
            estimatedBytes: size.points * 24 + size.elements * 40 + size.labelBytes,
            heldBytes: size.points * MemoryLayout<Sample>.stride + size.elements * 64
                + size.labelBytes,
            warnings: warnings,
            infos: infos,
            { json in
                json.object { json in
                    json.member("resultType", typeName)
                    json.member("result") { $0.writeShape(of: self, at: time) }
                    if let timings { json.member("stats") { $0.write(timings) } }
                }
            },
            { json, index in json.writeElement(index, of: self) }
        )
    }

    private var size: (elements: Int, points: Int, labelBytes: Int) {
        switch self {
        case .scalar: (0, 1, 0)
        case .string(let text): (0, 1, text.utf8.count)
        case .vector(let samples):
            (samples.count, samples.count, samples.reduce(0) { $0 + $1.labels.textBytes })
        case .matrix(let series):
            (
                series.count, series.reduce(0) { $0 + $1.points.count },
                series.reduce(0) { $0 + $1.labels.textBytes }
            )
        }
    }
}

extension PrometheusJSON {
    /// An array for its elements, or the whole result if it is none.
    fileprivate mutating func writeShape(of value: Value, at time: Timestamp) {
        switch value {
        // Prometheus writes scalars without an exponent, unlike elements of vectors.
        case .scalar(let number, let time): point(time, GoFloat.format(number, .fixed))
        case .string(let text): point(time, text)
        case .vector, .matrix: array([()]) { json, _ in json.placeholder() }
        }
    }

    fileprivate mutating func writeElement(_ index: Int, of value: Value) {
        switch value {
        case .scalar, .string: break
        case .vector(let samples):
            let sample = samples[index]
            object { json in
                json.member("metric") { $0.labels(sample.labels) }
                json.member("value") { $0.point(sample.timestamp, sample.value) }
            }
        case .matrix(let all):
            let series = all[index]
            object { json in
                json.member("metric") { $0.labels(series.labels) }
                guard !series.points.isEmpty else { return }
                json.member("values") { json in
                    json.array(series.points) { $0.point($1.timestamp, $1.value) }
                }
            }
        }
    }

    fileprivate mutating func write(_ timings: QueryTimings) {
        let evaluation = timings.evaluation.inSeconds
        let queued = timings.queued.inSeconds
        let members = [
            ("evalTotalTime", evaluation), ("resultSortTime", 0), ("queryPreparationTime", 0),
            ("innerEvalTime", evaluation), ("execQueueTime", queued),
            ("execTotalTime", queued + evaluation),
        ]
        object { json in
            json.member("timings") { json in
                json.object { json in
                    for (name, seconds) in members { json.member(name) { $0.number(seconds) } }
                }
            }
        }
    }
}

extension Labels {
    /// About the size of a label set in a response.
    var textBytes: Int { reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 6 } }
}

extension Value {
    fileprivate var typeName: String {
        switch self {
        case .scalar: "scalar"
        case .string: "string"
        case .vector: "vector"
        case .matrix: "matrix"
        }
    }
}
