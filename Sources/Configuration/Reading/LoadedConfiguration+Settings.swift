package import Cycle
import GES
import Rules

extension LoadedConfiguration {
    /// Ample for 100,000 series. A step of the cycle blocks for up to this long per query.
    private static let ruleTimeout = Duration.seconds(10)

    /// The part of the configuration that the cycle depends on.
    package var cycleSettings: CycleSettings {
        var settings = CycleSettings(
            vantage: configuration.vantage,
            graphs: configuration.graphs,
            defaultPolicy: configuration.defaultPolicy,
            interval: configuration.sampling.interval,
            freshness: configuration.sampling.freshness,
            evaluationInterval: configuration.evaluationInterval,
            ruleFiles: ruleFiles,
            ruleOptions: RuleEngine.Options(
                interval: configuration.evaluationInterval,
                queryTimeout: Self.ruleTimeout,
                externalURL: externalURL
            ),
            retention: retention,
            webhook: configuration.webhook?.terms
        )
        settings.readsCloudEye = configuration.sampling.cloudEye != nil
        settings.readsNodeMetrics = configuration.sampling.nodeMetrics != nil
        settings.maintenance = configuration.maintenance
        settings.alertmanagers = configuration.alertmanagers.map {
            SilenceSource(url: "\($0.url)", timeout: $0.timeout)
        }
        return settings
    }
}

extension Configuration {
    /// Credentials are not part of it: the graphs are the same whichever of them are used.
    var vantage: Vantage {
        Vantage(
            region: cloud.region,
            projectID: cloud.projectID,
            way: [
                "\(cloud.endpoints.ges)", "\(cloud.endpoints.iam)",
                sampling.dataPlane.scheme.rawValue,
                sampling.dataPlane.address.rawValue, "\(sampling.dataPlane.port ?? 0)",
            ]
        )
    }
}
