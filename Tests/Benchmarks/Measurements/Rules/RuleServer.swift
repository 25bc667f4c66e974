import Workload

/// A server that stores the fleet's samples and evaluates its rules. Samples are written as fast as
/// it accepts them.
package protocol RuleServer: AnyObject {
    /// Writes the samples up to `time`, in seconds since 1970.
    func append(through time: Int64) async throws

    /// The time that the evaluation of a query took, without HTTP and JSON, as the server itself
    /// reports it; and the number of series in the result.
    func evaluate(_ query: String) async throws -> (seconds: Double, series: Int)

    /// What the last evaluation of all rules took, as the server itself reports it.
    func cycleSeconds() async throws -> Double

    /// Stops the evaluation of the rules, which would slow down queries.
    func stopEvaluating() async throws

    func alerts() async throws -> Set<RaisedAlert>

    /// In kilobytes, shared pages counted proportionally.
    func proportionalKilobytes() throws -> Int

    func end() async
}

/// The part of an alert on which both sides must agree.
package struct RaisedAlert: Hashable, Decodable {
    package let labels: [String: String]
    package let state: String

    package init(labels: [String: String], state: String) {
        self.labels = labels
        self.state = state
    }
}

/// The common answer of `/api/v1/alerts`.
struct AlertsAnswer: Decodable {
    struct Content: Decodable { let alerts: [RaisedAlert] }
    let data: Content
}
