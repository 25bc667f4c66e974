import Time

/// An Alertmanager of the configuration, as the one whose silences hold graphs.
package struct SilenceSource: Hashable, Sendable {
    package var url: String
    /// Of one request.
    package var timeout: Duration

    package init(url: String, timeout: Duration) {
        self.url = url
        self.timeout = timeout
    }

    /// It is asked at least this often, however seldom rules are evaluated.
    package static let longestInterval = Duration.seconds(30)

    /// For how long its silences count after its last answer. One request may fail by its time-out
    /// without an effect.
    func memory(_ interval: Duration) -> Duration {
        max(interval * 4, (interval + timeout) * 2)
    }

    /// How long to wait for the first answer. It is asked within a second, and its answer waits for
    /// the next step.
    var firstAnswer: Duration { timeout + .seconds(5) }
}
