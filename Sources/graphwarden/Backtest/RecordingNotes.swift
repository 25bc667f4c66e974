import Backtest
import Configuration
import Cycle
import Time

/// What a recording does not tell a configuration, in words.
struct RecordingNotes {
    let lines: [String]

    /// What the diagnosis needs, and what cannot be proved without it.
    private static let needed: [(GraphMetric, String)] = [
        (.pathInfo, "no hang can be proved for a graph that does not accept connections"),
        (.probeOutcome, "no hang can be proved"),
        (.progress, "no import, export or clear that hangs can be proved"),
        (.jobsRunning, "no graph counts as idle"),
    ]

    /// - Parameter bounds: what was asked for.
    init(
        _ recording: FleetRecording,
        _ loaded: LoadedConfiguration,
        _ bounds: (from: Timestamp, to: Timestamp)
    ) {
        var lines = Self.uncovered(recording, bounds)
        for (metric, consequence) in Self.needed {
            // Without work there is no progress to export.
            if metric == .progress, recording.begin(of: .pathInfo) != nil { continue }
            guard let begin = recording.begin(of: metric) else {
                lines.append("the recording lacks \(metric.rawValue): \(consequence)")
                continue
            }
            guard let first = recording.begin(of: .up), begin - first > .seconds(86_400) else {
                continue
            }
            lines.append("the recording lacks \(metric.rawValue) before \(begin): \(consequence)")
        }
        let settings = loaded.cycleSettings
        let missing = Set(settings.selectingTags).subtracting(recording.tags)
        for tag in missing.sorted() {
            lines.append(
                "the recording lacks the tag \(tag), by which the configuration selects graphs: it"
                    + " counts as empty"
            )
        }
        let interval = settings.interval
        if let recorded = recording.interval, recorded > interval * 5 / 4 {
            lines.append(
                "the recording shows a poll every \(Duration.seconds(Int64(recorded.inSeconds)).text)"
                    + ", less often than the configured \(interval.text); it is replayed at its pace"
            )
        }
        self.lines = lines
    }

    /// Less of the asked time than that is not worth a word.
    private static let tolerance = Duration.seconds(600)

    private static func uncovered(
        _ recording: FleetRecording,
        _ bounds: (from: Timestamp, to: Timestamp)
    ) -> [String] {
        guard let first = recording.times.first, let last = recording.times.last else { return [] }
        let (begin, end) = (Timestamp(milliseconds: first), Timestamp(milliseconds: last))
        var lines: [String] = []
        if bounds.from > .distantPast, begin - bounds.from > tolerance {
            lines.append("the recording begins at \(begin), later than --from")
        }
        if bounds.to < .distantFuture, bounds.to - end > tolerance {
            lines.append("the recording ends at \(end), earlier than --to")
        }
        return lines
    }
}
