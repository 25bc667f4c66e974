import Series
import Time

/// The alerts of one alerting rule and how they change from one evaluation to the next
/// (Prometheus rules/alerting.go).
struct AlertBook: Sendable {
    /// How long a resolved alert is remembered.
    static let resolvedRetention = Duration.seconds(15 * 60)

    private(set) var alerts: [Labels: ActiveAlert] = [:]

    /// Pending and firing alerts, sorted by their labels.
    var active: [ActiveAlert] {
        alerts.values.filter { !$0.state.isResolved }.sorted { $0.labels < $1.labels }
    }

    /// Resolved alerts too.
    var all: [ActiveAlert] {
        alerts.values.sorted { $0.labels < $1.labels }
    }

    /// Takes in the result of an evaluation.
    ///
    /// - Parameters:
    ///   - results: one alert per element, pending since `time`, with unique labels.
    ///   - limit: the most pending and firing alerts; 0 is no limit.
    /// - Throws: when the limit is exceeded. All alerts are forgotten then, as in Prometheus.
    mutating func update(
        with results: [ActiveAlert],
        holdDuration: Duration,
        keepFiringFor: Duration,
        limit: Int,
        at time: Timestamp
    ) throws(RuleFailure) -> [AlertTransition] {
        var transitions: [AlertTransition] = []
        var returned: Set<Labels> = []
        for result in results {
            returned.insert(result.labels)
            if let known = alerts[result.labels], !known.state.isResolved {
                alerts[result.labels] = known.refreshed(by: result, at: time)
            } else {
                alerts[result.labels] = result
                transitions.append(result.transition(from: nil, to: .pending, at: time))
            }
        }
        for labels in alerts.keys.sorted() {
            guard let alert = alerts[labels] else { continue }
            let next =
                returned.contains(labels)
                ? alert.held(holdDuration, at: time) : alert.missed(keepFiringFor, at: time)
            alerts[labels] = next
            if next?.state.name != alert.state.name, next != nil || !alert.state.isResolved {
                transitions.append(alert.transition(from: alert.state, to: next?.state, at: time))
            }
        }
        let count = alerts.values.count { !$0.state.isResolved }
        guard limit == 0 || count <= limit else {
            alerts = [:]
            throw .limitExceeded(limit: limit, count: count, unit: "alerts")
        }
        return transitions
    }

    /// Puts an alert back that was active before the process ended.
    mutating func restore(_ alert: ActiveAlert) {
        alerts[alert.labels] = alert
    }
}

extension ActiveAlert {
    /// The same alert with the values of the newest result.
    fileprivate func refreshed(by result: ActiveAlert, at time: Timestamp) -> ActiveAlert {
        var alert = self
        alert.value = result.value
        alert.annotations = result.annotations
        if !isConfirmed, case .pending = state {
            // Time in which nobody looked does not count towards `for`.
            alert.activeAt = activeAt + (time - lastSeenAt)
        }
        alert.unconfirmedUntil = nil
        alert.lastSeenAt = time
        return alert
    }

    /// After an evaluation that returned the alert.
    fileprivate func held(_ holdDuration: Duration, at time: Timestamp) -> ActiveAlert {
        var alert = self
        let hasHeldLongEnough = time - activeAt >= holdDuration
        switch state {
        case .pending where hasHeldLongEnough: alert.state = .firing(since: time, keptSince: nil)
        // `for` was made longer meanwhile.
        case .firing where !hasHeldLongEnough: alert.state = .pending
        case .firing(let since, _): alert.state = .firing(since: since, keptSince: nil)
        case .pending, .resolved: break
        }
        return alert
    }

    /// After an evaluation that did not return the alert; `nil` when it is forgotten.
    fileprivate func missed(_ keepFiringFor: Duration, at time: Timestamp) -> ActiveAlert? {
        if let unconfirmedUntil, time < unconfirmedUntil { return self }
        var alert = self
        switch state {
        case .pending: return nil
        case .resolved(let end): return time - end > AlertBook.resolvedRetention ? nil : self
        case .firing(let since, let keptSince):
            let keptSince = keptSince ?? time
            alert.state =
                time - keptSince < keepFiringFor
                ? .firing(since: since, keptSince: keptSince) : .resolved(at: time)
        }
        return alert
    }

    fileprivate func transition(
        from: AlertState?,
        to: AlertState?,
        at time: Timestamp
    ) -> AlertTransition {
        AlertTransition(
            ruleName: ruleName,
            group: group,
            labels: labels,
            from: from,
            to: to,
            at: time
        )
    }
}
