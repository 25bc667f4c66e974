package import GES
package import Remediation
import Rules

/// The configuration file, read and checked. Immutable: a reload makes a new one.
package struct Configuration: Sendable {
    package var cloud: CloudConfiguration
    package var graphs: [GraphEntry] = []
    package var sampling = SamplingConfiguration()
    package var evaluationInterval = Duration.seconds(30)
    /// Absolute patterns of glob(7), in the order of the file.
    package var ruleFiles: [String] = []
    /// What holds for a graph unless its entry says otherwise.
    package var defaultPolicy = Policy()
    /// Nil when alerts of others are not taken.
    package var webhook: WebhookConfiguration?

    /// The policy of a graph, or nil when no entry of `graphs` matches: such a graph is watched
    /// and never remediated.
    package func policy(for graph: Graph) -> Policy? {
        graphs.first { $0.match.matches(graph) }?.policy
    }

    /// Where the graphs are looked at, and by which way. What is known from one vantage says nothing
    /// about what another would show: behind a wrong port every graph seems to hang.
    struct Vantage: Hashable {
        let region: String
        let projectID: String
        let endpoints: Endpoints
        let dataPlaneScheme: Endpoint.Scheme
        let dataPlaneAddress: DataPlaneConfiguration.Address
        let dataPlanePort: Int?
    }

    var vantage: Vantage {
        Vantage(
            region: cloud.region,
            projectID: cloud.projectID,
            endpoints: cloud.endpoints,
            dataPlaneScheme: sampling.dataPlane.scheme,
            dataPlaneAddress: sampling.dataPlane.address,
            dataPlanePort: sampling.dataPlane.port
        )
    }

    /// Ample for 100,000 series; the cycle waits for as long.
    private static let ruleTimeout = Duration.seconds(10)

    var ruleOptions: RuleEngine.Options {
        RuleEngine.Options(interval: evaluationInterval, queryTimeout: Self.ruleTimeout)
    }
}

/// Where the cloud is and who we are there.
package struct CloudConfiguration: Sendable, Hashable {
    package var region: String
    package var projectID: String
    package var apiVersion = APIVersion.v2
    package var endpoints: Endpoints
    package var credentials: CredentialFiles
    /// A PEM file with the certificate authorities to trust instead of the system's.
    package var certificateAuthorityFile: String?
}

/// The files that hold the credentials; their content is read when it is needed and again when
/// they change.
package enum CredentialFiles: Sendable, Hashable {
    case accessKey(idFile: String, secretFile: String)
    case password(domain: String, user: String, passwordFile: String)
    case token(file: String)
    case metadata
}

package struct SamplingConfiguration: Sendable {
    package var interval = Duration.seconds(30)
    /// How long one request for a sample may take.
    package var timeout = Duration.seconds(10)
    package var probes: [ProbeKind] = [.version, .summary]
    package var dataPlane = DataPlaneConfiguration()
    /// A PEM file with the certificate authorities to trust on the data plane.
    package var dataPlaneCertificateAuthorityFile: String?

    package init() {}

    /// A management reading older than this is stale: three polls in a row have failed.
    package var freshness: Duration { interval * 3 + timeout }
}
