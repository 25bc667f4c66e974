/// The services that the client talks to; the raw value is the metric label `service`.
package enum Service: String, Hashable, Sendable, CaseIterable {
    case iam
    case ges
    case ces
    /// The graphs themselves, which answer at addresses of their own.
    case dataPlane = "data_plane"
    /// The ECS metadata service.
    case metadata
}
