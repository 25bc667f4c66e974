import Cycle
import Diagnosis
import JSON
import Listener
import Remediation
import Time

/// `/api/v1/scorecard`: how often decisions were right, by entry of `graphs` and kind of hang.
struct ScorecardAPI: Sendable {
    let board: StatusBoard

    var routes: [Route] {
        [
            Route("GET", "/api/v1/scorecard") { _ in
                APIResponse.success(Self.document(board.current))
            }
        ]
    }

    static func document(_ status: Status) -> JSONValue {
        [
            "window": .integer(Int64(Scorecard.window)),
            "retentionSeconds": .integer(DecisionRecord.retention.wholeMilliseconds / 1000),
            "unreadDecisions": .integer(Int64(status.machine.scorecard.unreadCount)),
            "scores": .array(status.scoreRows.map(row)),
        ]
    }

    private static func row(_ row: ScoreRow) -> JSONValue {
        let score = row.score
        return [
            "entry": .string(row.key.entry),
            "hang": .string(row.key.hangClass.rawValue),
            "right": .integer(Int64(score.right)),
            "wrong": .integer(Int64(score.wrong)),
            "unknown": .integer(Int64(score.unknown)),
            "missed": .integer(Int64(score.missed)),
            "pending": .integer(Int64(score.pending)),
            "labelled": .integer(Int64(score.labelled)),
            "unread": .integer(Int64(score.unread)),
            "precision": proportion(score.precision),
            "recall": proportion(score.recall),
            "require": row.requirement.map { requirement in
                [
                    "precision": .double(requirement.precision),
                    "decisions": .integer(Int64(requirement.decisions)),
                    "met": .bool(requirement.isMet(by: score)),
                ]
            } ?? .null,
        ]
    }

    private static func proportion(_ proportion: Proportion?) -> JSONValue {
        guard let proportion else { return .null }
        return [
            "ratio": .double(proportion.value),
            "lowerBound": .double(proportion.lowerBound),
            "upperBound": .double(proportion.upperBound),
        ]
    }
}
