import Diagnosis
import Remediation
import Time

/// An incident in one sentence for people who do not know this program: "orders hung at 02:58,
/// restarted once at 03:14, verified at 03:19: 21 min".
struct IncidentSentence {
    let incident: IncidentTimeLine

    private var record: IncidentRecord { incident.record }
    private var moments: IncidentRecord.Milestones { record.milestones }

    var begin: Timestamp {
        moments.firstSignAt ?? moments.alertActiveAt ?? moments.openedAt ?? record.openedAt
    }

    var text: String {
        ([beginning] + acts + [ending]).filter { !$0.isEmpty }.joined(separator: ", ") + "."
    }

    private var beginning: String {
        let what =
            switch record.hangClass {
            case .unresponsive: ""
            case .importing: " while importing"
            case .exporting: " while exporting"
            case .clearing: " while being cleared"
            }
        return record.alertname.isEmpty && moments.firstSignAt == nil
            ? "A person ordered a restart of \(record.graphName) at \(clock(begin))"
            : "\(record.graphName) hung\(what) at \(clock(begin))"
    }

    /// What was done, by kind in the order in which it was first done. A time line that was cut
    /// knows less than the milestones, which then tell of one attempt.
    private var acts: [String] {
        var times: [(word: String, moments: [Timestamp])] = []
        for event in incident.events where event.kind == AuditEntry.Kind.intended.rawValue {
            let word = Self.pastTense[event.text.prefix { $0 != " " }] ?? "acted on"
            if let index = times.firstIndex(where: { $0.word == word }) {
                times[index].moments.append(event.at)
            } else {
                times.append((word, [event.at]))
            }
        }
        if times.isEmpty, let decided = moments.decidedAt { times = [("restarted", [decided])] }
        return times.map { word, moments in
            let at = moments.map(clock)
            let place =
                at.count > 3
                ? "from \(at[0]) to \(at[at.count - 1])"
                : "at " + at.joined(separator: " and ")
            return "\(word) \(Self.count(at.count)) \(place)"
        }
    }

    private static let pastTense: [Substring: String] = [
        "restarting": "restarted", "cancelling": "relieved of a task", "stopping": "stopped",
        "starting": "started",
    ]

    private static func count(_ number: Int) -> String {
        switch number {
        case 1: "once"
        case 2: "twice"
        default: "\(number) times"
        }
    }

    private var ending: String {
        guard let outcome = record.outcome else {
            guard let endedAt = record.endedAt else { return shadow ?? "not over yet" }
            return "ended at \(clock(endedAt))"
        }
        let ended = (moments.recoveredAt ?? record.endedAt).map { " at \(clock($0))" } ?? ""
        if outcome == AttemptOutcome.verified.rawValue {
            let at = moments.verifiedAt.map { " at \(clock($0))" } ?? ""
            return "verified\(at)" + (record.timeToRepair.map { ": \(TimeText.span($0))" } ?? "")
        }
        if let attempt = AttemptOutcome(rawValue: outcome) {
            return "but the last attempt \(attempt.text)"
        }
        let words =
            switch outcome {
            case AuditEntry.Kind.recoveredAlone.rawValue: "recovered without a restart" + ended
            case AuditEntry.Kind.released.rawValue: "no restart was needed any more" + ended
            case IncidentRecord.alertEnded: "the alert ended" + ended
            default: "the agent lost sight of it" + ended
            }
        return [shadow, words].compactMap(\.self).joined(separator: ", ")
    }

    private var shadow: String? {
        record.isShadow && moments.decidedAt == nil
            ? "not restarted because of shadow mode" : nil
    }

    /// The time of the day; with the date if it is not that of the begin.
    private func clock(_ instant: Timestamp) -> String {
        String(TimeText.clockText(instant, now: begin).dropLast(3))
    }
}
