// Rehearsal runs the whole agent against the simulated cloud in virtual time, in one process and
// without sockets.
//
//   Agent     the agent and its world: `Simulation.run` is where to start
//   Scenario  the file format of scenarios: what happens, and what is expected
//   Run       one scenario with one seed
//   Report    what a person or a CI system reads of many runs
//
// It must not contain decisions of the agent or of the cloud: a scenario says what the cloud does
// in the words of the simulator's control interface.

package import JSON
package import Remediation
package import StrictYAML

/// A labelled situation: a fleet, what happens to it, and what the agent must and must not do.
package struct Scenario: Sendable {
    package var file: String
    package var name: String
    /// One sentence.
    package var summary: String
    /// Of virtual time, from the start of the agent.
    package var duration: Duration
    package var fleet: Fleet
    /// Laid over the defaults, or over the configuration of a user.
    package var configuration: YAMLNode?
    /// The text of a rule file in place of the rules of the configuration.
    package var rules: String?
    package var agents: Int
    package var credential: SimulationSettings.Credential
    package var timeline: [Event]
    /// Names of rules of the agent without which this scenario fails.
    package var notices: [String]
    package var restarts: [RestartExpectation]
    /// Whether `restarts` says everything: any other restart is a problem.
    package var isLabelled = true
    package var checks: [Check]
    /// What else of the agent changes graphs. A graph that is missing gets no other request.
    package var actions: [ActionExpectation] = []

    package struct Fleet: Sendable {
        /// The members of the control operation `create`.
        package var graphs: [[JSONMember]]
        /// Up to this many further healthy graphs are added, by the seed.
        package var more: Int
    }

    package struct Event: Sendable {
        /// From the start of the agent.
        package var at: Duration
        /// How much later it may happen, by the seed.
        package var jitter: Duration
        package var mark: YAMLMark
        package var action: Action

        /// As in the file.
        package var text: String
    }

    package enum Action: Sendable {
        /// An operation of the control interface, for each of some graphs.
        case control(String, graphs: Subjects, [JSONMember])
        case agent(AgentAction)
    }

    /// The graphs that an event is about.
    package enum Subjects: Sendable {
        /// The operation is about the cloud.
        case none
        case all
        case named([String])
    }

    package enum AgentAction: Sendable {
        case stop, start, restart, kill
        case loseLedger, backUpLedger, restoreLedger
        case reload(configuration: YAMLNode?, rules: String?)
        case alert(AlertText)
        /// The wall clock of the agent's host is set.
        case wallClock(Duration)
        /// In the cloud and in the agent's file.
        case changePassword(String)
        /// The order of a person that nothing, or one graph, is to be restarted for a while.
        case pause(graph: String?, Duration)
        /// The order of a person about a graph.
        case order(OrderText)
        /// One of the next effects of the agent fails, counted from 1.
        case failEffect(Int, EffectFailure)
        /// The host of the agent stands still, and its clocks go on.
        case suspend(Duration)
    }

    /// What a person orders.
    package struct OrderText: Sendable {
        package enum Verb: String, Sendable, CaseIterable {
            case approve, reject, acknowledge, restart, resume
        }

        package var verb: Verb
        /// Nil for the whole fleet, which only a pause can cover.
        package var graph: String?
        package var overrides: Set<Override>
    }

    /// An alert as a webhook delivers it.
    package struct AlertText: Sendable {
        package var name: String
        package var graph: String
        package var hang: String
        package var isResolved: Bool
    }

    package struct RestartExpectation: Sendable {
        package var graph: String
        /// When the first restart is sent, from the start of the agent.
        package var window: ClosedRange<Duration>
        /// Restart requests that the cloud receives until the end.
        package var posts: ClosedRange<Int>
    }

    /// The requests for one graph that the cloud receives until the end, those for a restart aside.
    package struct ActionExpectation: Sendable {
        package var graph: String
        package var cancels: ClosedRange<Int>
        package var stops: ClosedRange<Int>
        package var starts: ClosedRange<Int>
    }

    package struct Check: Sendable {
        package var time: ClosedRange<Duration>
        package var mark: YAMLMark
        package var graph: String?
        /// What holds at that time, or throughout it; empty for anything.
        package var verdicts: [String]
        package var holds: [String]
        package var states: [String]
        package var metric: Metric?
    }

    package struct Metric: Sendable {
        package var name: String
        package var labels: [(name: String, value: String)]
        /// Nil for a sample that must be absent.
        package var value: Double?
        /// Whether the samples are added up, such as counts of graphs that agents divide.
        package var isSum: Bool
    }
}
