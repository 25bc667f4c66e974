package import Series
package import Time

/// What a sign of a graph said in each minute of the last hour.
struct SignHour: Sendable, Hashable {
    enum Mark: Sendable, Hashable {
        /// Nothing was read, or the answer does not tell.
        case gap
        case alive
        /// Every reading of the minute was silent.
        case silent
    }

    static let minutes = 60
    /// Oldest first; as many as `minutes`.
    private(set) var marks = [Mark](repeating: .gap, count: minutes)

    /// Adds one sample. Within a minute an answer counts more than a silence.
    mutating func add(_ sample: Sample, until now: Timestamp) {
        let age = (now - sample.timestamp).components.seconds / 60
        guard age >= 0, age < Int64(Self.minutes) else { return }
        let index = Self.minutes - 1 - Int(age)
        if sample.value > 0 {
            marks[index] = .alive
        } else if marks[index] == .gap {
            marks[index] = .silent
        }
    }

    mutating func merge(_ other: SignHour) {
        for index in marks.indices where marks[index] != .alive && other.marks[index] != .gap {
            marks[index] = other.marks[index]
        }
    }
}

/// Reads the signs of the last hour from the series that the rules read.
package struct SignReader: Sendable {
    private let series: SeriesStore
    private let now: Timestamp

    package init(series: SeriesStore, now: Timestamp) {
        self.series = series
        self.now = now
    }

    /// Each probe of a graph, by name.
    func probes(of graphID: String) -> [String: SignHour] {
        var hours: [String: SignHour] = [:]
        var samples: [Sample] = []
        let found = series.select([
            LabelMatcher(name: Labels.metricNameLabel, .equal("ges_graph_probe_success")),
            LabelMatcher(name: "graph_id", .equal(graphID)),
        ])
        for reference in found {
            samples.removeAll(keepingCapacity: true)
            let start = now - .seconds(60 * SignHour.minutes)
            series.appendSamples(of: reference, after: start, through: now, to: &samples)
            var hour = SignHour()
            for sample in samples { hour.add(sample, until: now) }
            hours[series.labels(of: reference)["probe"], default: SignHour()].merge(hour)
        }
        return hours
    }

    /// The probes of the engine as one: those beside `version`, which the front end answers by
    /// itself.
    func engine(of graphID: String) -> SignHour {
        let probes = probes(of: graphID)
        let engine = probes.filter { $0.key != "version" }
        var hour = SignHour()
        for other in (engine.isEmpty ? probes : engine).values { hour.merge(other) }
        return hour
    }
}

/// A sparkline: a bar for each minute in which the sign was alive, a lower red tick for one in
/// which it was silent, nothing for one without a reading.
enum SignStrip {
    static func svg(_ hour: SignHour, label: String) -> Markup {
        let silent = hour.marks.count { $0 == .silent }
        let gaps = hour.marks.count { $0 == .gap }
        let text =
            "\(label), last hour: silent in \(silent) of \(SignHour.minutes - gaps) minutes"
            + (gaps > 0 ? ", \(gaps) without a reading" : "")
        return """
            <svg class="strip" viewBox="0 0 120 16" role="img" aria-label="\(text)">\
            <title>\(text)</title>\(path(hour, .alive, "alive", top: 3, bottom: 13))\
            \(path(hour, .silent, "silent", top: 0, bottom: 16))</svg>
            """
    }

    private static func path(
        _ hour: SignHour,
        _ mark: SignHour.Mark,
        _ name: Markup,
        top: Int,
        bottom: Int
    ) -> Markup {
        var runs: Markup = .empty
        var index = 0
        while index < hour.marks.count {
            let start = index
            while index < hour.marks.count, hour.marks[index] == mark { index += 1 }
            if index > start {
                runs += "M\(2 * start) \(top)h\(2 * (index - start))v\(bottom - top)H\(2 * start)z"
            } else {
                index += 1
            }
        }
        return runs.isEmpty ? .empty : "<path class=\"\(name)\" d=\"\(runs)\"/>"
    }
}
