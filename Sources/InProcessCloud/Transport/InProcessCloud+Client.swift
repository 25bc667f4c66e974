package import Time
package import GES
import GESSimulator
import VirtualTime

/// The real GES client connected to this cloud.
extension InProcessCloud {
    /// The clocks of the simulated host, for the client and its configuration.
    package var clientClock: ClientClock {
        ClientClock(
            wall: { [time] in Timestamp(milliseconds: time.wallMilliseconds) },
            elapsed: { [time] in time.elapsed },
            sleep: { [time] in try await time.sleep(for: $0) }
        )
    }

    /// The endpoints of the management plane, all of which are the same.
    package func endpoints() throws(EndpointError) -> Endpoints {
        let endpoint = try Endpoint(managementURL)
        return Endpoints(ges: endpoint, iam: endpoint, ces: endpoint, metadata: endpoint)
    }

    /// How the data plane is reached.
    package func dataPlane(timeout: Duration = .seconds(10)) -> DataPlaneConfiguration {
        DataPlaneConfiguration(
            scheme: configuration.speaksTLS ? .https : .http,
            port: dataPlanePort,
            timeout: timeout,
            allowedNetworks: [IPNetwork("127.0.0.0/8")].compactMap(\.self)
        )
    }

    /// The user and password that the cloud accepts.
    package var passwordCredentials: Credentials {
        .password(
            domain: configuration.domain,
            user: configuration.user,
            password: .constant(Secret(configuration.password))
        )
    }

    package var accessKeyCredentials: Credentials {
        .accessKey(
            id: .constant(Secret(configuration.accessKey)),
            secret: .constant(Secret(configuration.secretKey))
        )
    }

    /// A client with the timeouts and pauses of a production configuration.
    ///
    /// - Parameter credentials: user and password by default.
    package func client(
        credentials: Credentials? = nil,
        apiVersion: GES.APIVersion = .v2,
        rateLimits: [GES.Service: ServiceRateLimit] = GESConfiguration.defaultRateLimits,
        observer: any RequestObserver = SilentObserver()
    ) throws(EndpointError) -> GESClient {
        GESClient(
            configuration: GESConfiguration(
                projectID: configuration.projectID,
                endpoints: try endpoints(),
                credentials: credentials ?? passwordCredentials,
                apiVersion: apiVersion,
                actionTimeout: .seconds(20),
                rateLimits: rateLimits,
                maximumThrottleWait: .seconds(10),
                longestPause: .seconds(30),
                clock: clientClock
            ),
            http: self,
            dataPlaneHTTP: self,
            observer: observer
        )
    }
}

/// For tests that do not observe requests.
package struct SilentObserver: RequestObserver {
    package init() {}

    package func requestFinished(_ request: FinishedRequest) {}
    package func throttleWaited(_ service: GES.Service, for duration: Duration) {}
    package func tokenRefreshed(expiry: Timestamp) {}
    package func tokenRefreshFailed(reason: String) {}
}
