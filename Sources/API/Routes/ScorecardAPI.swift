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
        var requirements: [String: Requirement] = [:]
        for entry in status.settings?.graphs ?? [] where entry.policy.mode == .auto {
            guard let name = entry.name else { continue }
            requirements[name] = entry.policy.requirement
        }
        var scores = status.machine.scorecard.scores
        // What nothing is known of yet asks as well.
        for name in requirements.keys {
            for hangClass in HangClass.allCases {
                scores[Scorecard.Key(hangClass, entry: name)] =
                    status.machine.scorecard.score(hangClass, entry: name)
            }
        }
        return [
            "window": .integer(Int64(Scorecard.window)),
            "retentionSeconds": .integer(DecisionRecord.retention.wholeMilliseconds / 1000),
            "unreadDecisions": .integer(Int64(status.machine.scorecard.unreadCount)),
            "scores": .array(
                scores.sorted { $0.key < $1.key }.map { key, score in
                    Self.score(key, score, requirements[key.entry])
                }
            ),
        ]
    }

    private static func score(
        _ key: Scorecard.Key,
        _ score: Scorecard.Score,
        _ requirement: Requirement?
    ) -> JSONValue {
        [
            "entry": .string(key.entry),
            "hang": .string(key.hangClass.rawValue),
            "right": .integer(Int64(score.right)),
            "wrong": .integer(Int64(score.wrong)),
            "unknown": .integer(Int64(score.unknown)),
            "missed": .integer(Int64(score.missed)),
            "pending": .integer(Int64(score.pending)),
            "labelled": .integer(Int64(score.labelled)),
            "precision": proportion(score.precision),
            "recall": proportion(score.recall),
            "require": requirement.map { requirement in
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
