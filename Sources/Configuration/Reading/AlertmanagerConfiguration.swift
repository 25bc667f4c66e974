package import GES

/// One entry of `alertmanagers`: where alerts are sent, and whose silences hold restarts.
package struct AlertmanagerConfiguration: Sendable, Hashable {
    /// Without `/api/v2`.
    package var url: Endpoint
    /// PEM file of the certificate authorities to trust instead of the system's.
    package var certificateAuthorityFile: String?
    package var credentials: ServerCredentials?
    /// Of one request.
    package var timeout = Duration.seconds(10)

    package init(url: Endpoint) {
        self.url = url
    }
}
