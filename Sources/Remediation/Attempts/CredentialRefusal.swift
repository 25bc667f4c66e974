import Time

/// GES refused the credential at a restart. Every further restart with it would be refused too, and
/// a refusal may be the sign of a credential that somebody has just withdrawn.
struct CredentialRefusal: Hashable {
    let graphID: GraphID
    let at: Timestamp
    var until: Timestamp { at + Timing.credentialHold }

    /// The newest word of GES about the credential, if it was a refusal and nothing has lifted it.
    static func newest(in records: some Collection<GraphRecord>) -> CredentialRefusal? {
        var newest: (at: Timestamp, refusal: CredentialRefusal?)?
        for record in records {
            for attempt in record.attempts {
                guard let judged = attempt.credentialJudgement else { continue }
                let moment = attempt.ending?.at ?? attempt.createdAt
                guard moment > newest?.at ?? .distantPast else { continue }
                let refusal = CredentialRefusal(graphID: record.id, at: moment)
                newest = (moment, judged ? nil : refusal)
            }
        }
        return newest?.refusal
    }
}

extension Attempt {
    /// Whether GES took the credential; nil if the attempt does not tell.
    fileprivate var credentialJudgement: Bool? {
        guard action.isOfManagementPlane else { return nil }
        return switch postOutcome {
        case "accepted", "refused": true
        case RestartOutcome.unauthorisedLabel: isCredentialReplaced == true ? nil : false
        default: nil
        }
    }

    /// Whether a POST may have reached GES: everything but what was certainly not sent.
    var mayHaveBeenSent: Bool { action.isOfManagementPlane && ending?.outcome != .notSent }
}

extension GraphRecord {
    /// When GES refused the credential at the newest attempt; nil if it did not.
    var credentialRefusedAt: Timestamp? {
        guard let newest = attempts.last, newest.credentialJudgement == false else { return nil }
        return newest.ending?.at ?? newest.createdAt
    }
}

extension Machine {
    /// The credential of restarts was replaced, or a reload read it again: what was refused says
    /// nothing about it any more.
    package mutating func credentialWasReplaced() {
        for id in records.keys.sorted() {
            update(id) { record in
                for index in record.attempts.indices
                where record.attempts[index].postOutcome == RestartOutcome.unauthorisedLabel {
                    record.attempts[index].isCredentialReplaced = true
                }
            }
        }
    }
}
