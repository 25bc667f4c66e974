import API
import Configuration
import GES
import Time

extension ConfigurationInForce {
    init(_ loaded: LoadedConfiguration, path: String, at now: Timestamp) {
        let configuration = loaded.configuration
        self.init(
            path: path,
            text: loaded.text,
            loadedAt: now,
            source: Source(
                url: "\(configuration.cloud.endpoints.ges)",
                interval: configuration.sampling.interval,
                timeout: configuration.sampling.timeout
            )
        )
    }
}
