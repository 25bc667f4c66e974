import Agent
import Configuration

/// A rehearsal has one configuration and one cloud.
struct OneRestartConnector: CloudConnector {
    let cloud: OneRestartCloud

    func client(for configuration: Configuration) throws(StartError) -> any CloudClient { cloud }
}
