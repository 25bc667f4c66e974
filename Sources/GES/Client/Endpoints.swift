/// The base URLs of the services that the client uses.
package struct Endpoints: Hashable, Sendable {
    package var ges: Endpoint
    package var iam: Endpoint
    package var ces: Endpoint
    /// The ECS metadata service, which provides the temporary keys of the server's agency.
    package var metadata: Endpoint

    package init(ges: Endpoint, iam: Endpoint, ces: Endpoint, metadata: Endpoint) {
        self.ges = ges
        self.iam = iam
        self.ces = ces
        self.metadata = metadata
    }

    /// The public endpoints of a region.
    ///
    /// - Parameter region: such as `cn-north-4`. The European partition, `eu-west-…`, has its own
    ///   domain (`ges/v2/region/ges_region.py` in the official SDK).
    package init(region: String) throws(EndpointError) {
        let allowed = "abcdefghijklmnopqrstuvwxyz0123456789-"
        guard !region.isEmpty, region.allSatisfy(allowed.contains) else {
            throw EndpointError(
                text: region,
                message: "not a region; expected a name such as cn-north-4"
            )
        }
        let domain = region.hasPrefix("eu-west-") ? "myhuaweicloud.eu" : "myhuaweicloud.com"
        func endpoint(_ service: String) -> Endpoint {
            Endpoint(scheme: .https, host: "\(service).\(region).\(domain)")
        }
        self.init(
            ges: endpoint("ges"),
            iam: endpoint("iam"),
            ces: endpoint("ces"),
            metadata: .linkLocalMetadata
        )
    }
}

extension Endpoint {
    /// The same address on every ECS server. Link-local traffic never leaves the host.
    package static let linkLocalMetadata = Endpoint(scheme: .http, host: "169.254.169.254")
}
