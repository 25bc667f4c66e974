// This is a file format: ledgers in use hold it. Keys and labels are never renamed, whatever the
// cases are called; a new phase raises `MachineSnapshot.schemaVersion`.

import Time

/// One flat object, with the phase's label and its payload side by side, so that a shell can read
/// a row of the ledger without this program.
extension Phase: Codable {
    private enum CodingKeys: String, CodingKey {
        case phase, since, until, expiresAt, cause, by, reason, attempt, outcome
        case intent, gathering, restarting, verifying, stopped
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func value<T: Decodable>(_ key: CodingKeys) throws -> T {
            try container.decode(T.self, forKey: key)
        }
        let label: String = try value(.phase)
        switch label {
        case "idle": self = .idle
        case "awaiting_approval":
            self = .awaitingApproval(since: try value(.since), expiresAt: try value(.expiresAt))
        case "counting_down":
            self = .countingDown(since: try value(.since), until: try value(.until))
        case "gathering_evidence": self = .gatheringEvidence(try value(.gathering))
        case "intended": self = .intended(try value(.intent))
        case "unknown_outcome":
            self = .unknownOutcome(
                try value(.intent),
                since: try value(.since),
                until: try value(.until)
            )
        case "restarting": self = .restarting(try value(.restarting))
        case "verifying": self = .verifying(try value(.verifying))
        case "stopped": self = .stopped(try value(.stopped))
        case "cooling_down":
            self = .coolingDown(
                until: try value(.until),
                attempt: try value(.attempt),
                outcome: try value(.outcome)
            )
        case "waiting": self = .waiting(until: try value(.until), cause: try value(.cause))
        case "exhausted": self = .exhausted(since: try value(.since))
        case "stalled":
            self = .stalled(try value(.intent), since: try value(.since), cause: try value(.cause))
        case "suspended":
            self = .suspended(
                until: try value(.until),
                by: try value(.by),
                reason: try value(.reason)
            )
        case "external":
            let notBefore = try container.decodeIfPresent(Timestamp.self, forKey: .until)
            self = .externalAction(since: try value(.since), notBefore: notBefore)
        default:
            throw DecodingError.dataCorruptedError(
                forKey: .phase,
                in: container,
                debugDescription: "unknown phase \"\(label)\"; was it written by a newer version?"
            )
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(label, forKey: .phase)
        switch self {
        case .idle: break
        case .awaitingApproval(let since, let expiresAt):
            try container.encode(since, forKey: .since)
            try container.encode(expiresAt, forKey: .expiresAt)
        case .countingDown(let since, let until):
            try container.encode(since, forKey: .since)
            try container.encode(until, forKey: .until)
        case .gatheringEvidence(let gathering):
            try container.encode(gathering, forKey: .gathering)
        case .intended(let intent): try container.encode(intent, forKey: .intent)
        case .unknownOutcome(let intent, let since, let until):
            try container.encode(intent, forKey: .intent)
            try container.encode(since, forKey: .since)
            try container.encode(until, forKey: .until)
        case .restarting(let restarting): try container.encode(restarting, forKey: .restarting)
        case .verifying(let verifying): try container.encode(verifying, forKey: .verifying)
        case .stopped(let stopped): try container.encode(stopped, forKey: .stopped)
        case .coolingDown(let until, let attempt, let outcome):
            try container.encode(until, forKey: .until)
            try container.encode(attempt, forKey: .attempt)
            try container.encode(outcome, forKey: .outcome)
        case .waiting(let until, let cause):
            try container.encode(until, forKey: .until)
            try container.encode(cause, forKey: .cause)
        case .exhausted(let since): try container.encode(since, forKey: .since)
        case .externalAction(let since, let notBefore):
            try container.encode(since, forKey: .since)
            try container.encodeIfPresent(notBefore, forKey: .until)
        case .stalled(let intent, let since, let cause):
            try container.encode(intent, forKey: .intent)
            try container.encode(since, forKey: .since)
            try container.encode(cause, forKey: .cause)
        case .suspended(let until, let by, let reason):
            try container.encode(until, forKey: .until)
            try container.encode(by, forKey: .by)
            try container.encode(reason, forKey: .reason)
        }
    }
}
