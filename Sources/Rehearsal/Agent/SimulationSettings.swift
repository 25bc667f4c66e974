package import Configuration
package import Diagnosis
package import GES
import GESSimulator
package import InProcessCloud
package import Remediation

/// The settings of a simulation. The defaults are those of a production agent with the shipped
/// rules and one entry that restarts every graph.
package struct SimulationSettings: Sendable {
    package var seed: UInt64 = 1
    package var graphs = 5
    package var mode = Mode.auto
    package var interval = Duration.seconds(30)
    package var timeout = Duration.seconds(10)
    package var latencies = Latencies.typical
    /// Whether healthy exchanges with the cloud are read as values, which is much faster.
    package var readsValues = false
    package var apiVersion = GES.APIVersion.v2
    /// Whether both planes of the cloud use TLS.
    package var speaksTLS = false
    /// The port on which the agent expects the data plane; nil for the actual one.
    package var dataPlanePort: Int?
    /// Changes the policy of the only entry.
    package var policy: @Sendable (inout Policy) -> Void = { _ in }
    /// Whether the agents read Cloud Eye.
    package var readsCloudEye = false
    /// The folder of the ledger; nil for a ledger in memory.
    package var ledgerFolder: String?
    /// Whether samples survive a restart of the agent.
    package var keepsSamples = false
    /// The text of a rule file that replaces those of `ruleFolder`.
    package var rules: String?
    /// Relative to the working directory, which is that of the package for a test.
    package var ruleFolder = "rules"
    /// Replaces the configuration and the rules that the settings above describe.
    package var configuration: (@Sendable () throws -> LoadedConfiguration)?
    /// Agents that watch the same cloud, each with a ledger of its own.
    package var agents = 1
    /// Whether they share one ledger in etcd, in addition to their own.
    package var sharesLedger = false
    /// Whether those divide the watch.
    package var dividesWatch = false
    /// Which credential the agents use.
    package var credential = Credential.password
    /// Rules of the agent that are left out, to show that a scenario notices.
    package var omitted: Set<Omission> = []

    package enum Credential: String, Hashable, CaseIterable, Sendable {
        case password
        case accessKey = "access_key"
    }

    package init() {}

    package init(_ change: (inout SimulationSettings) -> Void) {
        change(&self)
    }

    var cloudConfiguration: SimulatorConfiguration {
        var configuration = SimulatorConfiguration()
        configuration.seed = seed
        configuration.graphCount = graphs
        configuration.speaksTLS = speaksTLS
        // The length of a token changes nothing that a simulation shows, and signing it costs time.
        configuration.tokenBytes = 64
        return configuration
    }
}
