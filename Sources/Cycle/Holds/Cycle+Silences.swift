import Remediation
import Rules
import Series
import Time

extension Cycle {
    /// Takes the answers of Alertmanagers.
    mutating func noteSilences(_ turn: inout Turn) {
        for report in turn.input.silences { silences.receive(report) }
        silences.expire(settings.evaluationInterval, at: turn.now)
        noteTroubles(&turn)
    }

    private mutating func noteTroubles(_ turn: inout Turn) {
        let failing = Set(silences.answers.filter { !$0.value }.keys)
        for url in failing.subtracting(reportedAlertmanagers).sorted() {
            let line = silences.troubles.first { $0.contains(url) } ?? ""
            turn.log.append(
                LogLine(
                    .warning,
                    "An Alertmanager cannot be asked for silences",
                    ["alertmanager": url, "err": line]
                )
            )
        }
        for url in reportedAlertmanagers.subtracting(failing).sorted()
        where silences.answers[url] == true {
            turn.log.append(
                LogLine(.info, "An Alertmanager answers again", ["alertmanager": url])
            )
        }
        reportedAlertmanagers = failing
    }

    /// The graphs all of whose alerts that ask for a restart are silenced, each with a silence. An
    /// alert that is not silenced asks as ever.
    mutating func silenceHolds(
        on received: [ReceivedAlert],
        at now: Timestamp
    ) -> [String: ExternalHold] {
        silenceIndex.begin(silences.silences, at: now)
        guard !silenceIndex.isEmpty else { return [:] }
        let asking = RemediationRequests.asking(rules.alertsOfHealthyRules, at: now)
        let alerts =
            asking.map { ($0.labels["graph_id"], AlertLabels($0.labels, isWhole: true)) }
            + received.map { ($0.graphID.rawValue, $0.knownLabels) }
        var found: [String: SilenceIndex.Answer] = [:]
        for (graph, labels) in alerts where found[graph] != .free {
            let answer = silenceIndex.answer(labels)
            if found[graph] == nil || answer == .free { found[graph] = answer }
        }
        return found.compactMapValues { answer in
            switch answer {
            case .free: nil
            case .covered(let silence): .silenced(by: "\(silence)", ends: silence.endsAt)
            case .undecided:
                .silencesUnknown("there are so many that its alerts are still compared", until: nil)
            }
        }
    }

    /// Any graph may be silenced by an Alertmanager that was not asked yet.
    func silencesAwaited(at now: Timestamp) -> ExternalHold? {
        silences.awaited(at: now).map { alertmanager, until in
            .silencesUnknown("Alertmanager \(alertmanager) has not answered yet", until: until)
        }
    }
}
