import Backtest
import Configuration
import Cycle
import Time

/// What a recording does not tell, in words.
struct RecordingNotes {
    let lines: [String]

    init(_ recording: FleetRecording, _ loaded: [LoadedConfiguration]) {
        var lines: [String] = []
        if !recording.has(.pathInfo) {
            lines.append(
                "the recording lacks ges_graph_path_info, which earlier versions of the agent do not"
                    + " export: no hang can be proved for a graph that does not accept connections"
            )
        }
        if !recording.has(.probeOutcome) {
            lines.append("the recording lacks ges_graph_probe_outcome: no hang can be proved")
        }
        let usesTags = loaded.contains { loaded in
            loaded.configuration.graphs.contains { !$0.match.tags.isEmpty }
        }
        if usesTags, !recording.has(.tagInfo) {
            lines.append(
                "the recording lacks ges_graph_tag_info: entries that select by tags match no graph"
            )
        }
        for loaded in loaded {
            let interval = loaded.configuration.sampling.interval
            guard let recorded = recording.interval, recorded > interval * 5 / 4 else { continue }
            lines.append(
                "the recording shows a poll every \(Duration.seconds(Int64(recorded.inSeconds)).text)"
                    + ", less often than the configured \(interval.text); it is replayed at its pace"
            )
        }
        self.lines = lines.map { "warning: \($0)" }
    }
}
