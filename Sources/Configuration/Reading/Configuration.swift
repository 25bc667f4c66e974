package import Diagnosis
package import Cycle
package import GES
package import Remediation
import Rules
import StrictYAML

// Configuration reads and validates the configuration file and the web configuration file, and
// implements the `check` commands. It turns files into values with all defaults applied; it opens
// no connection, and nothing in it depends on the running agent.

/// The content of a valid configuration file. A reload creates a new value.
package struct Configuration: Sendable {
    package var cloud: CloudConfiguration
    package var graphs: [GraphEntry] = []
    package var sampling = SamplingConfiguration()
    package var evaluationInterval = Duration.seconds(30)
    /// Absolute glob(7) patterns, in the order of the file.
    package var ruleFiles: [String] = []
    /// The policy that entries of `graphs` inherit.
    package var defaultPolicy = Policy()
    /// nil if the agent accepts no alerts from other systems.
    package var webhook: WebhookConfiguration?
    package var maintenance: [MaintenanceWindow] = []
    package var alertmanagers: [AlertmanagerConfiguration] = []
    /// nil if metrics are sent nowhere.
    package var otlp: OTLPConfiguration?
    /// nil for an agent that shares its fleet with no other.
    package var sharedLedger: SharedLedgerConfiguration?
    package var history = HistoryConfiguration()
    var marks = Marks()
    /// Those of `graphs`, `remediation`, `webhook`, `maintenance` and `alertmanagers` that the file
    /// has.
    var sections: Set<String> = []

    /// Where keys stand that are checked together with the rule files.
    struct Marks: Sendable {
        /// `sampling.interval`.
        var interval = YAMLMark.start
        var ruleFiles = YAMLMark.start
    }
}

/// The endpoints of the cloud, and the project and credentials to use.
package struct CloudConfiguration: Sendable, Hashable {
    package var region: String
    package var projectID: String
    package var apiVersion = APIVersion.v2
    package var endpoints: Endpoints
    package var credentials: CredentialFiles
    /// PEM file of the certificate authorities to trust instead of the system's.
    package var certificateAuthorityFile: String?
}

/// The files that contain the credentials. They are read when needed, and again when they change.
package enum CredentialFiles: Sendable, Hashable {
    case accessKey(idFile: String, secretFile: String)
    case password(domain: String, user: String, passwordFile: String)
    case token(file: String)
    case metadata
}

package struct SamplingConfiguration: Sendable {
    package var interval = Duration.seconds(30)
    /// The timeout of one request for a sample.
    package var timeout = Duration.seconds(10)
    package var probes: [ProbeKind] = [.version, .summary]
    package var dataPlane = DataPlaneConfiguration()
    /// Nil if Cloud Eye is not read.
    package var cloudEye: CloudEyeConfiguration?
    /// Nil if the nodes of graphs are not read.
    package var nodeMetrics: NodeMetricsConfiguration?
    /// PEM file of the certificate authorities to trust on the data plane.
    package var dataPlaneCertificateAuthorityFile: String?
    /// The only public key that the graphs may have. Without a CA file it replaces verification.
    package var dataPlaneFingerprint: PublicKeyFingerprint?

    package init() {}

    /// The maximum age of a management reading. An older one is stale: three consecutive polls have
    /// failed. A poll that waits for a graph that does not answer takes the timeout, so with a
    /// timeout above the interval polls follow one another at the pace of the timeout.
    package var freshness: Duration { max(interval, timeout) * 3 + timeout }

    /// How graphs are asked for their nodes; nil if they are not. All addresses of a graph share the
    /// timeout.
    package var nodeDataPlane: DataPlaneConfiguration? {
        nodeMetrics.map { nodeMetrics in
            var dataPlane = dataPlane
            dataPlane.timeout = nodeMetrics.timeout
            dataPlane.limit = nodeMetrics.timeout
            return dataPlane
        }
    }
}

extension Configuration {
    /// The canaries of all policies, each once.
    package var canaries: [DiagnosisPolicy.Canary] {
        let all = Set(([defaultPolicy] + graphs.map(\.policy)).flatMap(\.diagnosis.canaries))
        return all.sorted { ($0.network, $0.address) < ($1.network, $1.address) }
    }
}
