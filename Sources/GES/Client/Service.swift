/// The services that the client uses. The raw value is the metric label `service`.
package enum Service: String, Hashable, Sendable, CaseIterable {
    case iam
    case ges
    case ces
    /// The graphs themselves, each at its own address.
    case dataPlane = "data_plane"
    /// The ECS metadata service.
    case metadata
}
