package import Cycle
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
