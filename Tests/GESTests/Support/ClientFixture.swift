import TestSupport

@testable import GES

/// A client connected to a scripted cloud, with its clock and its observer.
struct ClientFixture {
    static let project = "0123456789abcdef0123456789abcdef"
    static let graphID = "f1529b88-c958-493e-8452-fccfe932cde1"

    let clock: ManualClock
    let observer = RecordingObserver()
    let cloud: ScriptedCloud
    let client: GESClient

    init(
        _ cloud: ScriptedCloud,
        credentials: Credentials = .token(.constant(Secret("token-1"))),
        version: APIVersion = .v2,
        dataPlane: ScriptedCloud? = nil,
        clock: ManualClock = ManualClock(),
        rateLimits: [Service: ServiceRateLimit] = [:]
    ) throws {
        self.cloud = cloud
        self.clock = clock
        let configuration = GESConfiguration(
            projectID: Self.project,
            endpoints: try Endpoints(region: "cn-north-4"),
            credentials: credentials,
            apiVersion: version,
            rateLimits: rateLimits,
            clock: clock.clock
        )
        client = GESClient(
            configuration: configuration,
            http: cloud,
            dataPlaneHTTP: dataPlane ?? cloud,
            observer: observer
        )
    }
}

extension Credentials {
    static func password(_ password: SecretSource) -> Credentials {
        .password(domain: "domain", user: "user", password: password)
    }

    static let testKey = Credentials.accessKey(
        id: .constant(Secret("AK")),
        secret: .constant(Secret("SK"))
    )
}
